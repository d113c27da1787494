package dev.darkroom.queue.runpod;

import dev.darkroom.snapshot.Restored;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Pings the platform periodically: that the worker lives, and which jobs it has. A worker that falls silent is killed. The heartbeat shares
 * neither threads nor connections with the computing part, so that it goes on while that is busy; it can start before the models are
 * loaded.
 */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Heartbeat.class);

    private final Ping ping;
    private final Duration interval;
    private final List<Duration> retries;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("runpod heartbeat").unstarted(this::beat);
    private final Semaphore atOnce = new Semaphore(0);
    private final Restored.Registration restores;
    private volatile Supplier<List<String>> jobs = List::of;

    private Heartbeat(RunPodIdentity identity, Ping ping, Duration interval, List<Duration> retries) {
        this.ping = ping;
        this.restores = Restored.listen("RunPod's heartbeat", wake -> {
            identity.restored(wake);
            ping.reconnect();
            atOnce.release();
        });
        this.interval = interval;
        this.retries = retries;
    }

    /** Starts a heartbeat, which goes on until it is closed or the process ends. */
    public static Heartbeat start(RunPodIdentity identity, RunPodSettings settings) {
        return start(identity, settings.product(), identity.get().pingInterval(), Timeouts.STANDARD.pingRetries());
    }

    static Heartbeat start(RunPodIdentity identity, String product, Duration interval, List<Duration> retries) {
        var heartbeat = new Heartbeat(identity, new Ping(identity, product), interval, retries);
        if (identity.get().urls().ping("").isPresent()) {
            heartbeat.thread.start();
        } else {
            LOG.error("no heartbeat: RUNPOD_WEBHOOK_PING, RUNPOD_AI_API_KEY or RUNPOD_POD_ID is missing");
        }
        return heartbeat;
    }

    /** Reports to the platform that this worker cannot work, before the process ends; returns after two seconds in any case. */
    public static void reportUnhealthy(
            RunPodEnvironment environment, RunPodSettings settings, String check, String reason)
            throws InterruptedException {
        reportUnhealthy(environment, settings.product(), check, reason);
    }

    /** Reports to the platform that this worker cannot work, where there are no settings because they cannot be read. */
    public static void reportUnhealthy(RunPodEnvironment environment, String product, String check, String reason)
            throws InterruptedException {
        Thread report = Thread.ofPlatform().daemon().name("runpod unhealthy").start(() -> {
            try (var ping = new Ping(() -> environment, product)) {
                ping.unhealthy(check, reason);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        report.join(Ping.UNHEALTHY);
    }

    /** Sets the source of the job ids in all further pings. */
    void follow(Supplier<List<String>> jobs) {
        this.jobs = jobs;
    }

    private void beat() {
        long next = System.nanoTime();
        try {
            while (true) {
                try {
                    ping.alive(jobs.get(), interval.multipliedBy(2), retries);
                } catch (RuntimeException e) {
                    LOG.errorf("a ping failed: %s", e.getClass().getName());
                }
                long now = System.nanoTime();
                next = Math.max(next + interval.toNanos(), now);
                if (atOnce.tryAcquire(next - now, TimeUnit.NANOSECONDS)) {
                    atOnce.drainPermits();
                    next = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            ping.close();
        }
    }

    @Override
    public void close() {
        restores.close();
        thread.interrupt();
    }
}
