package dev.darkroom.queue.http;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.darkroom.job.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the open connections, of all callers and of each, and gives every new one a {@link ConnectionWatch}. It sits where the server
 * accepts connections, because a connection that never sends a request is seen nowhere else.
 */
@Singleton
final class ConnectionGuard {
    private static final Logger LOG = Logger.getLogger(ConnectionGuard.class);
    private static final String FIRST = "HEAD /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private static final int FIRST_MILLISECONDS = 5_000;
    private static final long BETWEEN_LINES = Duration.ofMinutes(1).toNanos();

    private final int most;
    private final int mostOfOne;
    private final Duration headerTimeout;
    private final Duration idleTimeout;
    private final Callers callers;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<String, Integer> byCaller = new ConcurrentHashMap<>();
    private final AtomicLong lastLine = new AtomicLong(System.nanoTime() - BETWEEN_LINES);
    private volatile @Nullable Channel guarded;

    ConnectionGuard(HttpSettings settings, Callers callers) {
        this.most = Math.min(settings.connections(), handles() / 2);
        this.mostOfOne = Math.min(settings.callerConnections(), Math.max(1, most / 2));
        this.headerTimeout = settings.headerTimeout();
        this.idleTimeout = settings.idleTimeout();
        this.callers = callers;
    }

    /** Makes a first request to the server that has just started, so that it is guarded from the beginning. */
    void begin(@ObservesAsync HttpServerStart started) {
        String host = started.options().getHost();
        int port = started.options().getPort();
        if (port <= 0) {
            return;
        }
        try (var self = new Socket()) {
            self.connect(new InetSocketAddress(host, port), FIRST_MILLISECONDS);
            self.setSoTimeout(FIRST_MILLISECONDS);
            self.getOutputStream().write(FIRST.getBytes(StandardCharsets.US_ASCII));
            self.getInputStream().readAllBytes();
        } catch (IOException e) {
            LOG.debugf("the first request comes from somebody else: %s", Reason.of(e));
        }
    }

    /** Returns how many files and connections the process may have open. */
    private static int handles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? (int) Math.min(Integer.MAX_VALUE, system.getMaxFileDescriptorCount())
                : Integer.MAX_VALUE;
    }

    /** Begins to guard the server that a request has come to, unless it is guarded; returns what watches the request's connection. */
    @Nullable
    ConnectionWatch watch(HttpServerRequest request) {
        if (!(request.connection() instanceof ConnectionBase connection)) {
            return null;
        }
        Channel server = connection.channel().parent();
        if (server != null && !server.equals(guarded)) {
            guard(server);
        }
        return connection.channel().pipeline().get(ConnectionWatch.class);
    }

    private synchronized void guard(Channel server) {
        if (!server.equals(guarded)) {
            guarded = server;
            server.pipeline().addFirst(new Gate());
        }
    }

    /** Returns the number of open connections that were accepted since the guard stands. */
    int open() {
        return open.get();
    }

    /** Hears of every connection that the server has accepted, before anything is read from it. */
    @ChannelHandler.Sharable
    private final class Gate extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext server, Object accepted) throws Exception {
            if (accepted instanceof Channel connection && !admit(connection)) {
                connection.unsafe().closeForcibly();
                return;
            }
            super.channelRead(server, accepted);
        }
    }

    private boolean admit(Channel connection) {
        @Nullable
        InetAddress address = connection.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        String caller = address == null || callers.isTrusted(address) ? "" : Callers.name(address);
        int all = open.incrementAndGet();
        int ofOne = byCaller.merge(caller, 1, Integer::sum);
        if (all > most || (!caller.isEmpty() && ofOne > mostOfOne)) {
            leave(caller);
            tell(caller, all > most ? most + " are open" : mostOfOne + " of that caller are open");
            return false;
        }
        connection.closeFuture().addListener(closed -> leave(caller));
        connection.pipeline().addFirst(new ConnectionWatch(headerTimeout, idleTimeout));
        return true;
    }

    private void leave(String caller) {
        open.decrementAndGet();
        byCaller.computeIfPresent(caller, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Logs that connections are refused, once in a while: there may be thousands. */
    private void tell(String caller, String why) {
        long last = lastLine.get();
        long now = System.nanoTime();
        if (now - last >= BETWEEN_LINES && lastLine.compareAndSet(last, now)) {
            LOG.warnf("connections are refused, such as one from %s: %s", caller.isEmpty() ? "a proxy" : caller, why);
        }
    }
}
