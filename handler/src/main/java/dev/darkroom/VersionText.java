package dev.darkroom;

import dev.darkroom.status.Build;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** What {@code --version} prints: this program, its source code's commit where that is known, and what it runs on. */
final class VersionText {
    private static final String NATIVE = "/native/lib/pytorch.properties";

    private VersionText() {}

    static String of(Map<String, String> variables) {
        Build build = Build.of(Path.of(System.getProperty("darkroom.home", ".")), variables);
        return "Darkroom " + build.version() + "\n"
                + build.revision().map(commit -> "revision " + commit + "\n").orElse("")
                + "Java " + Runtime.version() + "\n"
                + "libtorch " + libtorch(variables) + "\n";
    }

    /** Says which libtorch would be loaded, and loads none: the one that the surroundings name, or the one among the jars. */
    private static String libtorch(Map<String, String> variables) {
        String version = variables.getOrDefault("PYTORCH_VERSION", "");
        String flavor = variables.getOrDefault("PYTORCH_FLAVOR", "");
        var jar = new Properties();
        try (InputStream file = VersionText.class.getResourceAsStream(NATIVE)) {
            if (file != null) {
                jar.load(file);
            }
        } catch (IOException e) {
            return "unknown";
        }
        if (version.isEmpty()) {
            version = jar.getProperty("version", "").replaceFirst("-.*", "");
        }
        if (flavor.isEmpty()) {
            flavor = jar.getProperty("flavor", "");
        }
        return version.isEmpty() ? "unknown" : (version + " " + flavor).strip();
    }
}
