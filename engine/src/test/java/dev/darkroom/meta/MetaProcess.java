package dev.darkroom.meta;

import java.io.File;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Processes of their own for runs without numbers: the operators' text is chosen when a process first needs it, and never again. */
public final class MetaProcess {
    private MetaProcess() {}

    /** Runs a main class whose operators know shapes on {@code meta}; returns what it wrote to its standard output. */
    static String run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-Dai.djl.offline=true",
                "-Ddarkroom.operators.over=meta.py",
                "-Ddarkroom.home=" + System.getProperty("darkroom.home", ".."),
                "-cp",
                classPath(),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(main.getSimpleName() + " ended with " + status + ": " + out);
        }
        return out;
    }

    /** The class path of this process, whoever started it: Maven hides it in a property, others in a class loader. */
    public static String classPath() {
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Thread.currentThread().getContextClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs())
                                .map(url -> Path.of(url.getPath()).toString())
                                .collect(Collectors.joining(File.pathSeparator))
                        + File.pathSeparator
                        + own
                : own;
    }
}
