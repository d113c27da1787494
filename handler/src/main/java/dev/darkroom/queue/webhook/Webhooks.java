package dev.darkroom.queue.webhook;

import dev.darkroom.job.JobException;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Calls the webhooks of ended jobs: one POST, and two further tries where that fails. Jobs do not wait for it. */
@Singleton
public final class Webhooks {
    private static final Logger LOG = Logger.getLogger(Webhooks.class);
    private static final int TRIES = 3;
    private static final int AT_ONCE = 8;
    private static final int AT_ONCE_PER_HOST = 2;
    private static final int MOST_PENDING = 1_000;

    private final WebhookCall call;
    private final Optional<Signature> signature;
    private final Duration pause;
    private final Semaphore places = new Semaphore(MOST_PENDING);
    private final HostSlots slots = new HostSlots(AT_ONCE, AT_ONCE_PER_HOST);
    private volatile boolean stopped;

    public Webhooks(Vertx vertx, AddressGuard guard, WebhookSettings settings) {
        this.call = new WebhookCall(vertx, guard, settings.timeout(), AT_ONCE);
        this.signature = settings.secret()
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .map(Signature::new);
        this.pause = settings.pause();
    }

    /**
     * Begins to call a webhook; gives up at once if too many receivers have not been reached yet.
     *
     * @param body supplies the body, read again for each try
     * @param done called once the webhook has been delivered or given up; not if the worker stops before
     */
    public void tell(String id, URI receiver, Supplier<byte[]> body, Runnable done) {
        if (!places.tryAcquire()) {
            LOG.warnf(
                    "job %s webhook to %s is dropped: %d others have not been delivered yet",
                    id, receiver.getHost(), MOST_PENDING);
            done.run();
            return;
        }
        Thread.ofVirtual().name("webhook").start(() -> {
            try {
                if (delivered(id, receiver, body)) {
                    done.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                places.release();
            }
        });
    }

    /** Stops: no further tries are made. */
    public void stop() {
        stopped = true;
    }

    /** Tries until the webhook is delivered or given up; returns false if the worker stops before. */
    private boolean delivered(String id, URI receiver, Supplier<byte[]> body) throws InterruptedException {
        for (int attempt = 1; !stopped; attempt++) {
            String failure;
            try {
                int status = post(receiver, body);
                if (status / 100 == 2) {
                    LOG.infof("job %s webhook delivered", id);
                    return true;
                }
                failure = "HTTP " + status;
            } catch (JobException e) {
                failure = String.valueOf(e.getMessage());
                if (e.code() == JobException.Code.BAD_INPUT) {
                    attempt = TRIES;
                }
            } catch (ExecutionException e) {
                failure = String.valueOf(e.getCause());
            } catch (TimeoutException e) {
                failure = "no answer in time";
            } catch (RuntimeException e) {
                failure = String.valueOf(e.getMessage());
            }
            LOG.warnf("job %s webhook to %s, try %d of %d: %s", id, receiver.getHost(), attempt, TRIES, failure);
            if (attempt >= TRIES) {
                return true;
            }
            Thread.sleep(pause);
        }
        return false;
    }

    private int post(URI receiver, Supplier<byte[]> body)
            throws InterruptedException, ExecutionException, TimeoutException {
        String host = receiver.getHost().toLowerCase(Locale.ROOT);
        slots.enter(host);
        try {
            byte[] content = body.get();
            long now = Instant.now().getEpochSecond();
            return call.post(
                    receiver,
                    content,
                    signature.map(key -> key.of(content, now)).orElse(""));
        } finally {
            slots.leave(host);
        }
    }
}
