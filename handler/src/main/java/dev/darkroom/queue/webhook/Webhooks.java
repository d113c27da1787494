package dev.darkroom.queue.webhook;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
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
    private final WebhookHeaders headers;
    private final Duration pause;
    private final Semaphore places = new Semaphore(MOST_PENDING);
    private final HostSlots slots = new HostSlots(AT_ONCE, AT_ONCE_PER_HOST);
    private volatile boolean stopped;

    /**
     * Checks secrets before anything is made of them.
     *
     * @throws IllegalArgumentException if one is malformed; its message names the variable and quotes nothing
     */
    public static void checkSecrets(Optional<String> secret, Optional<String> next) {
        var unused = WebhookHeaders.of(secret, next);
    }

    /** @throws IllegalArgumentException if a secret is malformed */
    public Webhooks(Vertx vertx, AddressGuard guard, WebhookSettings settings) {
        this.call = new WebhookCall(vertx, guard, settings.timeout(), AT_ONCE);
        this.headers = WebhookHeaders.of(settings.secret(), settings.secretNext());
        this.pause = settings.pause();
    }

    /**
     * Begins to call a webhook; gives up at once if too many receivers have not been reached yet.
     *
     * @param body supplies the body, read again for each try
     * @param news hears what comes of every try; of the last one not if the worker stops before
     */
    public void tell(WebhookEvent event, Supplier<byte[]> body, Consumer<Delivery> news) {
        WebAddress address;
        try {
            address = WebAddress.of(event.receiver().toString());
        } catch (AddressException e) {
            news.accept(new Delivery(Delivery.State.FAILED, 0, "the webhook " + e.rule()));
            return;
        }
        if (!places.tryAcquire()) {
            String dropped = MOST_PENDING + " others have not been delivered yet";
            LOG.warnf("job %s webhook to %s is dropped: %s", event.job(), address, dropped);
            news.accept(new Delivery(Delivery.State.FAILED, 0, dropped));
            return;
        }
        Thread.ofVirtual().name("webhook").start(() -> {
            try {
                deliver(event, address, body, news);
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

    /** Tries until the webhook is delivered or given up, or the worker stops. */
    private void deliver(WebhookEvent event, WebAddress receiver, Supplier<byte[]> body, Consumer<Delivery> news)
            throws InterruptedException {
        for (int tried = 1; !stopped; tried++) {
            Delivery delivery = tried(event, receiver, body, tried);
            news.accept(delivery);
            if (delivery.isOver()) {
                return;
            }
            Thread.sleep(pause);
        }
    }

    private Delivery tried(WebhookEvent event, WebAddress receiver, Supplier<byte[]> body, int tried)
            throws InterruptedException {
        String failure;
        String detail = "";
        boolean last = tried >= TRIES;
        try {
            WebhookAnswer answer = post(event, receiver, body);
            if (answer.isDelivered()) {
                LOG.infof("job %s webhook delivered", event.job());
                return new Delivery(Delivery.State.DELIVERED, tried, answer.description(receiver));
            }
            failure = answer.description(receiver);
        } catch (JobException e) {
            failure = String.valueOf(e.getMessage());
            last |= e.code() == JobException.Code.BAD_INPUT;
        } catch (ExecutionException e) {
            failure = e.getCause() instanceof SSLException ? "no secure connection" : "no connection";
            detail = ": " + e.getCause();
        } catch (TimeoutException e) {
            failure = "no answer in time";
        } catch (RuntimeException e) {
            failure = "the worker could not send it";
            detail = ": " + Reason.of(e);
        }
        LOG.warnf("job %s webhook to %s, try %d of %d: %s%s", event.job(), receiver, tried, TRIES, failure, detail);
        return new Delivery(last ? Delivery.State.FAILED : Delivery.State.PENDING, tried, failure);
    }

    private WebhookAnswer post(WebhookEvent event, WebAddress receiver, Supplier<byte[]> body)
            throws InterruptedException, ExecutionException, TimeoutException {
        String host = receiver.host();
        slots.enter(host);
        try {
            byte[] content = body.get();
            long now = Instant.now().getEpochSecond();
            return call.post(receiver, content, headers.of(event.id(), now, content));
        } finally {
            slots.leave(host);
        }
    }
}
