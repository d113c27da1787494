package dev.darkroom.source;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compressions that a body may come in although none was asked for. Storage gives back whatever label an upload put on an object, so the
 * label is only a hint: unknown ones mean plain bytes, and where the bytes do not begin as the label says they are plain too.
 */
enum ContentCoding {
    GZIP("gzip", new byte[] {0x1F, (byte) 0x8B}, () -> new JdkZlibDecoder(ZlibWrapper.GZIP, true, 0)),
    DEFLATE("deflate", new byte[0], () -> new JdkZlibDecoder(ZlibWrapper.ZLIB_OR_NONE, 0)),
    BROTLI("br", new byte[0], null),
    ZSTD("zstd", new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD}, null),
    COMPRESS("compress", new byte[] {0x1F, (byte) 0x9D}, null);

    /** Most bytes of a beginning. */
    static final int LONGEST_BEGINNING = 4;

    final String token;
    private final byte[] beginning;
    private final @Nullable Supplier<ChannelHandler> decoder;

    ContentCoding(String token, byte[] beginning, @Nullable Supplier<ChannelHandler> decoder) {
        this.token = token;
        this.beginning = beginning;
        this.decoder = decoder;
    }

    /** Reads the codings of a response in the order in which they have to be taken off. */
    static List<ContentCoding> of(MultiMap headers) {
        Stream<String> lines = Stream.concat(
                headers.getAll("Content-Encoding").stream(), headers.getAll("Transfer-Encoding").stream());
        List<ContentCoding> applied = new ArrayList<>();
        lines.flatMap(line -> Stream.of(line.split(",", -1)))
                .map(token -> token.strip().toLowerCase(Locale.ROOT))
                .flatMap(ContentCoding::named)
                .forEach(applied::addFirst);
        return applied;
    }

    private static Stream<ContentCoding> named(String token) {
        return Stream.of(values()).filter(coding -> token.equals(coding.token) || token.equals("x-" + coding.token));
    }

    /** Returns true if a body with this beginning can be of this coding. */
    boolean begins(byte[] body) {
        for (int i = 0; i < beginning.length; i++) {
            if (i >= body.length || body[i] != beginning[i]) {
                return false;
            }
        }
        return true;
    }

    /** Creates a decoder; null where there is none. */
    @Nullable
    ChannelHandler decoder() {
        return decoder == null ? null : decoder.get();
    }
}
