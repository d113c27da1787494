package dev.darkroom.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everybody who listens is told, whoever else fails. */
class RestoredTest {
    private static final Wake COPY = new Wake(Wake.Cause.CHECKPOINT, Duration.ZERO, Duration.ZERO);

    @Test
    void whatFailsKeepsNobodyElseFromBeingTold() {
        List<String> told = new ArrayList<>();
        int before = Restored.times();
        try (var first = Restored.listen("broken", wake -> {
                    throw new IllegalStateException("broken");
                });
                var second = Restored.listen("second", wake -> told.add(wake.toString()))) {
            Restored.happened(COPY);
        }
        Restored.happened(COPY);

        assertThat(told).containsExactly("this process was restored from a checkpoint");
        assertThat(Restored.times()).isEqualTo(before + 2);
    }

    @Test
    void variablesOfARestoredProcessComeFromTheFileOverTheOldOnes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("restored.env");
        var variables = new RestoredVariables(Optional.of(file));
        String path = System.getenv("PATH");
        assertThat(variables.get()).containsEntry("PATH", path).doesNotContainKey("RUNPOD_POD_ID");

        Files.writeString(
                file, "# of the platform\nRUNPOD_POD_ID=worker-2\n\nRUNPOD_WEBHOOK_PING=http://host/ping?a=b\n");

        assertThat(variables.get())
                .containsEntry("PATH", path)
                .containsEntry("RUNPOD_POD_ID", "worker-2")
                .containsEntry("RUNPOD_WEBHOOK_PING", "http://host/ping?a=b");
    }
}
