package dev.comms.testkit.brokers;

/**
 * Where one Kafka process listens: for clients, for the other brokers, for the controllers.
 *
 * @param advertised the port that clients are told: their own, or that of a proxy before it
 */
record KafkaPorts(int node, int clients, int internal, int controller, int advertised) {}
