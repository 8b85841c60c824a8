/** Tasks over RabbitMQ 3.10 to 4.x: quorum queues, confirms, delays without a plugin. */
@NullMarked
package dev.comms.rabbit;

import org.jspecify.annotations.NullMarked;
