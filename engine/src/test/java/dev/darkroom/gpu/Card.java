package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * What is measured: a device, the type that it computes in, and its name.
 *
 * @param teraflops the most that its maker states for dense bfloat16; empty where that is not known here
 */
record Card(Device device, DType dtype, String name, OptionalDouble teraflops) {
    private static final Pattern SLOWER = Pattern.compile("h[12]00.*(pcie|nvl)|laptop|\\d0d$");

    static final Card CPU = new Card(Device.CPU, DType.FLOAT32, "cpu", OptionalDouble.empty());

    /** The card of this machine, which must have one. */
    static Card ofMachine() throws IOException {
        String name = "unknown";
        try {
            Process asked =
                    new ProcessBuilder("nvidia-smi", "--query-gpu=name", "--format=csv,noheader", "-i", "0").start();
            name = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            System.err.println("nvidia-smi does not answer: " + e.getMessage());
        }
        return new Card(Device.CUDA, DType.BFLOAT16, name, peak(name));
    }

    /** Looks a card up by what its driver calls it. Those in slots, pairs and laptops are slower than their namesakes, and not in the list. */
    static OptionalDouble peak(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace(" ", "");
        if (SLOWER.matcher(plain).find()) {
            return OptionalDouble.empty();
        }
        try (InputStream in = Objects.requireNonNull(Card.class.getResourceAsStream("/cards.json"))) {
            return new ObjectMapper()
                    .readTree(in).properties().stream()
                            .filter(card -> plain.contains(card.getKey()))
                            .mapToDouble(card ->
                                    card.getValue().at("/published/bf16_tflops").asDouble())
                            .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that are taken on the card; 0 for the CPU. */
    long taken() {
        return device.isCuda() ? device.totalBytes() - device.freeBytes() : 0;
    }
}
