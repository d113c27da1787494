package dev.darkroom.source;

import dev.darkroom.job.JobException;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.ForbiddenHostException;
import dev.darkroom.net.WebAddress;
import dev.darkroom.snapshot.Watch;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files from the web. Every host on the way, also after redirects, is looked up once; all of its addresses must be allowed; and
 * the connection goes to one of those that were checked. Transient failures (a connection that breaks, an overloaded server) are retried.
 */
final class UrlFetch implements AutoCloseable {
    private static final int MOST_REDIRECTS = 5;

    private final FetchRules rules;
    private final Vertx vertx;
    private final AllowedHosts hosts;
    private final PinnedGet get;

    /** Trusts the JDK's certificate authorities. */
    UrlFetch(FetchRules rules, AllowedHosts hosts, Vertx vertx) {
        this(rules, hosts, vertx, null);
    }

    /** @param trust whom to trust instead of the JDK's certificate authorities */
    UrlFetch(FetchRules rules, AllowedHosts hosts, Vertx vertx, @Nullable TrustOptions trust) {
        this.rules = rules;
        this.hosts = hosts;
        this.vertx = vertx;
        this.get = new PinnedGet(vertx, rules, trust);
    }

    /**
     * Fetches a file into memory.
     *
     * @param field the payload's field, for errors
     * @throws JobException {@code BAD_INPUT} if the URL breaks a rule, {@code FETCH_FAILED} if the server or the way to it failed
     */
    byte[] fetch(String field, String url) throws InterruptedException {
        return fetch(field, url, WholeBody::new);
    }

    /** Fetches a file, like {@link #fetch}, into a new file of that folder, whose name begins with {@link FileBody#UNFINISHED}. */
    Path download(String field, String url, Path folder) throws InterruptedException {
        return fetch(field, url, () -> new FileBody(vertx, folder));
    }

    private <T> T fetch(String field, String url, Supplier<PinnedGet.Body<T>> body) throws InterruptedException {
        WebAddress address = SourceAddress.read(field, url);
        long deadline = Watch.awakeNanos() + rules.timeout().toNanos();
        for (int tried = 1; ; tried++) {
            try {
                return follow(field, address, tried, deadline, body);
            } catch (PassingFault fault) {
                Duration pause = fault.pause(rules.backOff(), tried);
                if (tried >= rules.tries() || Watch.awakeNanos() + pause.toNanos() >= deadline) {
                    String tries = tried > 1 ? " (tried " + tried + " times)" : "";
                    throw failed(field, fault.getMessage() + tries, fault.getCause());
                }
                Thread.sleep(pause);
            }
        }
    }

    /** Asks a server, and follows its redirects. */
    private <T> T follow(String field, WebAddress start, int tried, long deadline, Supplier<PinnedGet.Body<T>> body)
            throws PassingFault, InterruptedException {
        WebAddress address = start;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            List<InetAddress> servers = servers(field, address, deadline);
            InetAddress server = servers.get((tried - 1) % servers.size());
            PinnedGet.Response<T> answer = ask(field, address, server, deadline, body.get());
            if (answer.body() != null) {
                return answer.body();
            }
            address = next(field, address, answer);
        }
        throw failed(field, start + " redirects more than " + MOST_REDIRECTS + " times", null);
    }

    /** Returns the address that a response redirects to. */
    private static WebAddress next(String field, WebAddress address, PinnedGet.Response<?> answer) throws PassingFault {
        int status = answer.status();
        String reason = address + " answered " + status;
        return switch (status) {
            case 301, 302, 303, 307, 308 -> {
                if (answer.location() == null) {
                    throw failed(field, address + " redirects to nowhere", null);
                }
                yield SourceAddress.redirected(field, address, answer.location());
            }
            case 408, 429 -> throw new PassingFault(reason, answer.retryAfter(), null);
            case 204, 205 -> throw failed(field, reason + ": there is nothing at that address", null);
            case 206 -> throw failed(field, reason + ": a part of the file, which was not asked for", null);
            default -> {
                if (status >= 500) {
                    throw new PassingFault(reason, answer.retryAfter(), null);
                }
                throw failed(field, reason, null);
            }
        };
    }

    private List<InetAddress> servers(String field, WebAddress address, long deadline)
            throws PassingFault, InterruptedException {
        try {
            return await(field, address, deadline, lookUp(address.host()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ForbiddenHostException) {
                throw JobException.badInput(field + ": must be at a public address, which " + address + " is not");
            }
            if (e.getCause() instanceof UnknownHostException unknown && AllowedHosts.mayPass(unknown)) {
                throw new PassingFault(address + " is not known at this moment", null, unknown);
            }
            throw failed(field, address + " is not known", e.getCause());
        }
    }

    /** Looks a host up on a thread of its own, since a look-up can be neither bounded nor interrupted. */
    private CompletableFuture<List<InetAddress>> lookUp(String host) {
        var servers = new CompletableFuture<List<InetAddress>>();
        Thread.ofVirtual().name("look-up").start(() -> {
            try {
                servers.complete(hosts.lookUp(host));
            } catch (UnknownHostException | RuntimeException e) {
                servers.completeExceptionally(e);
            }
        });
        return servers;
    }

    private <T> PinnedGet.Response<T> ask(
            String field, WebAddress address, InetAddress server, long deadline, PinnedGet.Body<T> body)
            throws PassingFault, InterruptedException {
        try (body) {
            return await(field, address, deadline, get.send(address, server, body));
        } catch (ExecutionException e) {
            Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
            if (cause instanceof PinnedGet.TooLarge) {
                throw SourceImages.tooLarge(field, rules.largestFile());
            }
            if (cause instanceof PinnedGet.Compressed) {
                String reason = " sends content compressed with " + cause.getMessage() + ", which was not asked for";
                throw failed(field, address + reason, cause);
            }
            if (cause instanceof PinnedGet.Undecodable) {
                throw failed(field, address + " sends damaged content: its compression cannot be undone", cause);
            }
            if (cause instanceof PinnedGet.NotWritten) {
                String reason = field + ": this worker has no room to keep it";
                throw new JobException(JobException.Code.INTERNAL, reason, cause);
            }
            if (cause instanceof SSLException) {
                throw failed(field, address + " offers no secure connection that can be trusted", cause);
            }
            if (cause instanceof IOException || cause instanceof VertxException) {
                throw new PassingFault("the connection to " + address + " failed", null, cause);
            }
            throw failed(field, address + " does not speak HTTP as it should", cause);
        }
    }

    private <T> T await(String field, WebAddress address, long deadline, CompletableFuture<T> future)
            throws ExecutionException, InterruptedException {
        try {
            return awake(future, deadline);
        } catch (TimeoutException e) {
            long seconds = rules.timeout().toSeconds();
            throw failed(field, address + " took longer than " + seconds + " s", e);
        } finally {
            future.cancel(true); // closes the connection if it is still open
        }
    }

    /** Waits, but not by the time in which this process was frozen: nobody was slow then. */
    private static <T> T awake(CompletableFuture<T> future, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        while (true) {
            try {
                return future.get(Math.max(0, deadline - Watch.awakeNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (Watch.awakeNanos() >= deadline) {
                    throw e;
                }
            }
        }
    }

    private static JobException failed(String field, String reason, @Nullable Throwable cause) {
        return new JobException(JobException.Code.FETCH_FAILED, field + ": " + reason, cause);
    }

    @Override
    public void close() {
        get.close();
    }
}
