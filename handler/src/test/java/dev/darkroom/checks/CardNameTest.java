package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The name of the only card, from the driver's files. */
class CardNameTest {
    @TempDir
    Path cards;

    @Test
    void theOnlyCardHasAName() throws IOException {
        assertThat(CardName.find(cards.resolve("none"))).isEmpty();
        assertThat(CardName.find(cards)).isEmpty();

        put("0000:01:00.0", "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t 123\n");
        assertThat(CardName.find(cards)).contains("NVIDIA H100 80GB HBM3");

        put("0000:02:00.0", "Model: another\n");
        assertThat(CardName.find(cards)).isEmpty();
    }

    private void put(String card, String text) throws IOException {
        Files.writeString(Files.createDirectory(cards.resolve(card)).resolve("information"), text);
    }
}
