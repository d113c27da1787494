package dev.darkroom.mark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PolarCodeTest {
    private final Random random = new Random(5);

    @Test
    void aWholeWordIsReadBack() {
        PolarCode code = new PolarCode(64, 20);
        for (int i = 0; i < 50; i++) {
            boolean[] message = message(20);
            assertThat(code.decode(heard(code.encode(message), 0), 1).getFirst())
                    .isEqualTo(message);
        }
    }

    @Test
    void wordsOfWhichMuchIsLostAreRead() {
        PolarCode code = new PolarCode(256, 96);
        int read = 0;
        for (int i = 0; i < 40; i++) {
            boolean[] message = message(96);
            read += code.decode(heard(code.encode(message), 0.75), 8).stream()
                            .anyMatch(found -> java.util.Arrays.equals(found, message))
                    ? 1
                    : 0;
        }
        assertThat(read).isGreaterThanOrEqualTo(38);
    }

    @Test
    void payloadsComeBackThroughTheirCheck() {
        var payload = new Payload(3, 0xABCDEF, 0x9_8765_4321L);
        assertThat(MarkCode.read(heard(MarkCode.word(payload), 0.6))).contains(payload);
        float[] noise = new float[MarkCode.WORD];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        assertThat(MarkCode.read(noise)).isEmpty();
    }

    private boolean[] message(int bits) {
        boolean[] message = new boolean[bits];
        for (int i = 0; i < bits; i++) {
            message[i] = random.nextBoolean();
        }
        return message;
    }

    private float[] heard(boolean[] word, double noise) {
        float[] heard = new float[word.length];
        for (int i = 0; i < word.length; i++) {
            heard[i] = (float) ((word[i] ? -1 : 1) + noise * random.nextGaussian());
        }
        return heard;
    }
}
