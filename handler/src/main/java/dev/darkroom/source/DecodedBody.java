package dev.darkroom.source;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the compressions off a body before another one takes it. However small the compressed bytes are, little more than the limit is unpacked. */
final class DecodedBody<T> implements PinnedGet.Body<T> {
    /** Deflate makes a thousand bytes of one at most: this bounds what is unpacked at once. */
    private static final int SLICE = 4_096;

    private final PinnedGet.Body<T> body;
    private final long mostBytes;
    private final Step first;
    private Future<?> taken = Future.succeededFuture();
    private long bytes;
    private boolean closed;

    /** @param codings in the order in which they have to be taken off */
    DecodedBody(PinnedGet.Body<T> body, List<ContentCoding> codings, long mostBytes) {
        this.body = body;
        this.mostBytes = mostBytes;
        Step next = new Step(null, null);
        for (ContentCoding coding : codings.reversed()) {
            next = new Step(coding, next);
        }
        this.first = next;
    }

    @Override
    public synchronized Future<?> take(Buffer part) {
        if (closed) {
            return Future.succeededFuture();
        }
        taken = Future.succeededFuture();
        try {
            first.take(part.getBytes());
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        return taken;
    }

    @Override
    public synchronized Future<T> end() {
        try {
            first.end();
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        return taken.compose(ignored -> body.end());
    }

    /** Frees the decoders; whoever made the body below closes that. */
    @Override
    public synchronized void close() {
        closed = true;
        first.close();
    }

    private void deliver(byte[] part) throws IOException {
        bytes += part.length;
        if (bytes > mostBytes) {
            throw new PinnedGet.TooLarge();
        }
        Future<?> now = body.take(Buffer.buffer(part));
        taken = taken.isComplete() ? now : Future.all(taken, now);
    }

    /** Takes one coding off; the last step has none and delivers. */
    private final class Step {
        private final @Nullable ContentCoding coding;
        private final @Nullable Step next;
        private byte[] beginning = {};
        private long unpacked;
        private boolean begun;
        private @Nullable EmbeddedChannel decoder;

        Step(@Nullable ContentCoding coding, @Nullable Step next) {
            this.coding = coding;
            this.next = next;
        }

        void take(byte[] part) throws IOException {
            if (coding == null || next == null) {
                deliver(part);
            } else if (begun) {
                unpack(part, next);
            } else {
                byte[] known = Arrays.copyOf(beginning, beginning.length + part.length);
                System.arraycopy(part, 0, known, beginning.length, part.length);
                beginning = known;
                if (known.length >= ContentCoding.LONGEST_BEGINNING) {
                    begin(coding, next);
                }
            }
        }

        private void begin(ContentCoding label, Step following) throws IOException {
            begun = true;
            if (label.begins(beginning)) {
                ChannelHandler handler = label.decoder();
                if (handler == null) {
                    throw new PinnedGet.Compressed(label.token);
                }
                decoder = new EmbeddedChannel(handler);
            }
            byte[] held = beginning;
            beginning = new byte[0];
            unpack(held, following);
        }

        private void unpack(byte[] part, Step following) throws IOException {
            EmbeddedChannel channel = decoder;
            if (channel == null) {
                following.take(part);
                return;
            }
            for (int from = 0; from < part.length; from += SLICE) {
                try {
                    channel.writeInbound(Unpooled.wrappedBuffer(part, from, Math.min(SLICE, part.length - from)));
                } catch (CodecException e) {
                    throw new PinnedGet.Undecodable(e);
                }
                pass(channel, following);
            }
        }

        private void pass(EmbeddedChannel channel, Step following) throws IOException {
            for (ByteBuf out = channel.readInbound(); out != null; out = channel.readInbound()) {
                try {
                    unpacked += out.readableBytes();
                    if (unpacked > mostBytes) { // of every step: what the last one delivers can be nothing at all
                        throw new PinnedGet.TooLarge();
                    }
                    byte[] plain = new byte[out.readableBytes()];
                    out.readBytes(plain);
                    following.take(plain);
                } finally {
                    out.release();
                }
            }
        }

        void end() throws IOException {
            if (coding != null && next != null) {
                if (!begun && beginning.length > 0) {
                    begin(coding, next);
                }
                close();
                next.end();
            }
        }

        void close() {
            EmbeddedChannel channel = decoder;
            decoder = null;
            if (channel != null) {
                try {
                    channel.finishAndReleaseAll();
                } catch (CodecException e) {
                    // what it still held is not wanted
                }
            }
            if (next != null) {
                next.close();
            }
        }
    }
}
