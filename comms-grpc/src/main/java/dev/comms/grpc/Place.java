package dev.comms.grpc;

/**
 * One server of a static list.
 *
 * @param host a name or an address, an IPv6 one without brackets
 * @param port 1 to 65535
 */
record Place(String host, int port) {

  /**
   * From {@code host:port}, an IPv6 address in brackets.
   *
   * @throws IllegalArgumentException if it is not that
   */
  static Place of(String text) {
    int cut = text.lastIndexOf(':');
    String host = cut < 0 ? "" : text.substring(0, cut);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw wrong(text);
    }
    String port = text.substring(cut + 1);
    // Six digits are no port, and would not be refused as an int.
    boolean number = port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65535;
    if (!number || Integer.parseInt(port) == 0 || !host.matches("[A-Za-z0-9_.:%-]+")) {
      throw wrong(text);
    }
    return new Place(host, Integer.parseInt(port));
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "grpc: '"
            + text.replaceAll("[^ -~]", "?")
            + "' is no server of a list; write host:port with a port of 1 to 65535, and an IPv6"
            + " address as [address]:port. What needs a scheme, such as dns:///, is for to(..)");
  }

  /** As it stands in TLS certificates and in the {@code :authority} of requests. */
  String authority() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
