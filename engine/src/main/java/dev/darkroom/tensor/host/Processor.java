package dev.darkroom.tensor.host;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Abilities of this machine's CPU, and its memory. */
public final class Processor {
    private Processor() {}

    /** True if the CPU multiplies bfloat16 matrices in hardware (AVX512-BF16, AMX, or Arm's bf16), which is several times faster. */
    public static boolean multipliesBfloat16() {
        try {
            String info = Files.readString(Path.of("/proc/cpuinfo"));
            return info.contains("avx512_bf16")
                    || info.contains("amx_bf16")
                    || info.matches("(?s).*Features\\s*:.*\\bbf16\\b.*");
        } catch (IOException e) {
            return false;
        }
    }

    /** Memory in bytes of this machine, or of its container. */
    public static long memoryBytes() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }
}
