package dev.darkroom.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The place of credentials in files that nobody's encoder made. */
class EmbeddedManifestTest {
    private static byte[] jpeg(int packets, int content) {
        var file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8});
        for (int i = 1; i <= packets; i++) {
            ByteBuffer segment = ByteBuffer.allocate(20 + content);
            segment.putShort((short) 0xFFEB)
                    .putShort((short) (18 + content))
                    .put((byte) 'J')
                    .put((byte) 'P');
            segment.putShort((short) 1).putInt(i).putInt(1_000).put("jumb".getBytes(StandardCharsets.US_ASCII));
            if (i == 1) {
                segment.put(segment.position() + 8, "c2pa".getBytes(StandardCharsets.US_ASCII));
            }
            file.writeBytes(segment.array());
        }
        return file.toByteArray();
    }

    @Test
    void packetsArePutTogether() {
        EmbeddedManifest found = EmbeddedManifest.find(jpeg(100, 20)).orElseThrow();

        assertThat(found.sound()).isTrue();
        assertThat(found.store()).hasSize(8 + 100 * 20);
        assertThat(found.start()).isEqualTo(2);
        assertThat(found.length()).isEqualTo(100 * 40);
    }

    /** A file of few bytes each has room for very many. */
    @Test
    void tooManyPacketsAreNotRead() {
        EmbeddedManifest found = EmbeddedManifest.find(jpeg(45_000, 12)).orElseThrow();

        assertThat(found.sound()).isFalse();
        assertThat(found.store()).hasSizeLessThan(100_000);
    }

    @Test
    void anAddressOfCredentialsIsReadWithoutWhatTurnsText() {
        byte[] xmp = "http://ns.adobe.com/xap/1.0/\0 dcterms:provenance=\"https://example.com/a\u202Eb\""
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(6 + xmp.length + 2);
        file.putShort((short) 0xFFD8)
                .putShort((short) 0xFFE1)
                .putShort((short) (2 + xmp.length))
                .put(xmp);

        assertThat(XmpPacket.credentialsAddress(file.array())).contains("https://example.com/a");
    }
}
