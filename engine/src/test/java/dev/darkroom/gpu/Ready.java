package dev.darkroom.gpu;

import dev.darkroom.tensor.AttentionBackend;
import dev.darkroom.tensor.AttentionChoice;
import dev.darkroom.tensor.CardKernels;
import dev.darkroom.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A card made ready as the worker makes it ready at its start: kernels of our own, and what computes attention. */
public final class Ready {
    private Ready() {}

    /** Makes a device ready, and tells what is used there on standard error; a CPU is ready as it is. */
    public static void make(Device device) throws IOException {
        if (!device.isCuda()) {
            return;
        }
        Path cache = Files.createTempDirectory("kernels");
        try {
            System.err.println("kernels: " + CardKernels.start(cache));
            System.err.println("attention: " + AttentionChoice.make(AttentionBackend.AUTO, device));
        } finally {
            GpuBench.delete(cache);
        }
    }
}
