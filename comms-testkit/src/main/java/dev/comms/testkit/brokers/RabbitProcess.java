package dev.comms.testkit.brokers;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A RabbitMQ node that a test may end; its port mapper is not one of its processes. */
final class RabbitProcess extends ProcessNode implements RabbitMember {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** More than any disk has, and less than any node needs. */
  private static final String DISK = "900000000GB";

  private static final String MEMORY = "1MB";
  private static final String USUAL_MEMORY = "0.4";

  private final RabbitFiles files;
  private final RabbitInstall install;
  private final Plan plan;

  RabbitProcess(RabbitInstall install, RabbitFiles files, Plan plan, Ready ready, Scope scope) {
    super(plan, ready, scope);
    this.files = files;
    this.install = install;
    this.plan = plan;
  }

  @Override
  public void alarm(Alarm alarm) {
    if (alarm == Alarm.DISK) {
      ctl("set_disk_free_limit", DISK);
    } else {
      ctl("set_vm_memory_high_watermark", "absolute", MEMORY);
    }
    String name = alarm.name().toLowerCase(Locale.ROOT);
    await("the " + name + " alarm did not come", "{resource_limit," + name + ",", true);
  }

  @Override
  public void clearAlarms() {
    ctl("set_disk_free_limit", RabbitFiles.DISK_LIMIT);
    ctl("set_vm_memory_high_watermark", USUAL_MEMORY);
    await("an alarm stayed", "{resource_limit,", false);
  }

  /** Asks the node for its own alarms, not for those of the cluster. */
  private void await(String otherwise, String alarm, boolean there) {
    try {
      Readiness.await(
          LIMIT,
          this::alive,
          () -> {
            String alarms = ctl("eval", "rabbit_alarm:get_local_alarms().");
            if (alarms.contains(alarm) != there) {
              throw new IllegalStateException("its alarms are " + alarms.strip());
            }
            return alarms;
          });
    } catch (Readiness.NotReady e) {
      throw failed(otherwise + " (" + e.getMessage() + ")", e);
    }
  }

  @Override
  public String ctl(String... arguments) {
    return RabbitCtl.run(install.ctl(), files, plan.environment(), List.of(arguments), scope());
  }

  @Override
  public String ctlCommand(String... arguments) {
    return RabbitCtl.line(install.ctl(), files, List.of(arguments));
  }
}
