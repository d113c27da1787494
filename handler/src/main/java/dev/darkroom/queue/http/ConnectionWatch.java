package dev.darkroom.queue.http;

import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Watch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection between its requests: it is closed if no request comes for a while, or if one has begun and its head does not
 * arrive. What the server answers to something that is no request gets a body, as all errors have one. Everything runs on the connection's
 * own thread.
 */
final class ConnectionWatch extends ChannelDuplexHandler {
    private static final Pattern BARE_REFUSAL = Pattern.compile(
            "HTTP/\\S+ ([45]\\d\\d [^\\r\\n]*)\\r\\n.*content-length: 0\\r\\n.*",
            Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final int LONGEST_BARE = 512;
    private static final Map<String, String> REASONS = Map.of(
            "400", "this is no valid HTTP request",
            "408", "the head of the request did not arrive in time",
            "414", "the address is too long",
            "431", "the headers are too large",
            "501", "this version of HTTP is not known");

    private final Duration headerTimeout;
    private final Duration idleTimeout;
    private @Nullable ChannelHandlerContext context;
    private int requests;
    private boolean begun;
    private boolean lingers;
    private @Nullable ScheduledFuture<?> timer;

    ConnectionWatch(Duration headerTimeout, Duration idleTimeout) {
        this.headerTimeout = headerTimeout;
        this.idleTimeout = idleTimeout;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext connection) {
        context = connection;
    }

    @Override
    public void channelActive(ChannelHandlerContext connection) throws Exception {
        closeAfter(headerTimeout, connection);
        super.channelActive(connection);
    }

    @Override
    public void channelInactive(ChannelHandlerContext connection) throws Exception {
        stopTimer();
        super.channelInactive(connection);
    }

    @Override
    public void channelRead(ChannelHandlerContext connection, Object message) throws Exception {
        boolean frames = connection.pipeline().get(Http2ConnectionHandler.class) != null; // pings begin no request
        if (requests == 0 && !begun && !frames) {
            begun = true;
            closeAfter(headerTimeout, connection);
        }
        super.channelRead(connection, message);
    }

    /** Notes that the head of a request is there. */
    void requestBegins() {
        requests++;
        lingers = false;
        stopTimer();
    }

    /**
     * Notes that a request is answered, or its caller gone.
     *
     * @param unread true if it was refused while more of its body was to come: its caller has a moment to read why
     */
    void requestEnds(boolean unread) {
        requests--;
        ChannelHandlerContext known = context;
        if (requests == 0 && known != null && known.channel().isActive()) {
            begun = unread;
            lingers = unread;
            closeAfter(unread ? LINGER : idleTimeout, known);
        }
    }

    private void closeAfter(Duration time, ChannelHandlerContext connection) {
        stopTimer();
        int restores = Restored.times();
        timer = connection
                .executor()
                .schedule(() -> timeIsUp(restores, time, connection), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives the connection the time once more if nobody ran here in that time, who could have read what has come. */
    private void timeIsUp(int restores, Duration time, ChannelHandlerContext connection) {
        Watch.look();
        if (restores == Restored.times()) {
            giveUp(connection);
        } else {
            closeAfter(time, connection);
        }
    }

    private void giveUp(ChannelHandlerContext connection) {
        if (requests > 0) {
            return;
        }
        if (begun && !lingers && speaksPlainHttp(connection.pipeline())) {
            connection
                    .writeAndFlush(Unpooled.wrappedBuffer(refusal("408 Request Timeout")))
                    .addListener(ChannelFutureListener.CLOSE);
        } else {
            var unused = connection.close();
        }
    }

    private static boolean speaksPlainHttp(ChannelPipeline pipeline) {
        return pipeline.get(HttpRequestDecoder.class) != null && pipeline.get(SslHandler.class) == null;
    }

    private void stopTimer() {
        ScheduledFuture<?> known = timer;
        if (known != null) {
            known.cancel(false);
            timer = null;
        }
    }

    @Override
    public void write(ChannelHandlerContext connection, Object message, ChannelPromise promise) throws Exception {
        if (requests == 0 && message instanceof ByteBuf bytes && bytes.readableBytes() <= LONGEST_BARE) {
            Matcher bare = BARE_REFUSAL.matcher(bytes.toString(StandardCharsets.ISO_8859_1));
            if (bare.matches()) {
                ReferenceCountUtil.release(message);
                super.write(connection, Unpooled.wrappedBuffer(refusal(bare.group(1))), promise);
                return;
            }
        }
        super.write(connection, message, promise);
    }

    private static byte[] refusal(String status) {
        String reason = REASONS.getOrDefault(status.substring(0, 3), "HTTP " + status);
        String body = ErrorShape.PLAIN
                .body(Integer.parseInt(status.substring(0, 3)), reason)
                .toString();
        String answer =
                "HTTP/1.1 " + status + "\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body;
        return answer.getBytes(StandardCharsets.US_ASCII);
    }
}
