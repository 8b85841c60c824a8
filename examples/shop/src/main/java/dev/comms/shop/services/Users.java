package dev.comms.shop.services;

import static dev.comms.shop.contracts.Contracts.GET_USER;

import dev.comms.Comms;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Context;
import dev.comms.shop.users.v1.GetUserRequest;
import dev.comms.shop.users.v1.GetUserResponse;
import dev.comms.spi.CallServer;
import java.sql.SQLException;

/** Who the customers are. */
public final class Users implements Service {
  private final Sql sql;
  private final CallServer server;
  private final Comms comms;

  public Users(Transports transports, Sql sql) {
    this.sql = sql;
    this.server = transports.server();
    this.comms = Service.comms("users");
    comms.serve(server).answer(GET_USER, this::find);
  }

  @Override
  public void start() {
    comms.start();
  }

  /** Where it listens, once started: host:port. */
  public String address() {
    return server.address();
  }

  private GetUserResponse find(GetUserRequest request, Context context) throws SQLException {
    GetUserResponse user =
        sql.first(
            "select id, name, email from users where id = ?",
            row ->
                GetUserResponse.newBuilder()
                    .setUserId(row.getString(1))
                    .setName(row.getString(2))
                    .setEmail(row.getString(3))
                    .build(),
            request.getUserId());
    if (user == null) {
      throw new Rejected(Code.NOT_FOUND, "unknown user " + request.getUserId());
    }
    return user;
  }

  @Override
  public void close() {
    comms.close();
  }
}
