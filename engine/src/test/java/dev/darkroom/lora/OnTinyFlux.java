package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.weights.Loaded;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests that attach LoRAs to one small transformer of FLUX: after each of them it is as it was. */
abstract class OnTinyFlux {
    static Loaded<FluxTransformer> network;

    final Loras loras = TestLoras.few();

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        network = FluxNetworks.transformer(TestLoras.FLUX.resolve("transformer"), TestLoras.CPU);
    }

    @AfterAll
    static void close() {
        network.close();
    }

    @AfterEach
    void everythingIsAsItWas() {
        assertThat(network.linears().values())
                .allMatch(layer -> layer.lowRank().isEmpty() && layer.added().isEmpty());
        assertThat(network.norms().values()).allMatch(norm -> norm.tensor() == norm.loaded());
        loras.close();
    }
}
