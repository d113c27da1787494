package dev.darkroom.memory;

import dev.darkroom.memory.Readings.Container;
import dev.darkroom.memory.Readings.Host;
import dev.darkroom.memory.Readings.Process;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Files in which Linux tells how much memory is taken: {@code /proc}, and control groups of both versions (man 5 proc, man 7 cgroups). */
public final class SystemFiles {
    private static final long KILOBYTE = 1024;

    private final Path root;

    /** Reads the files of this machine. */
    public SystemFiles() {
        this(Path.of("/"));
    }

    /** @param root folder that stands for {@code /} */
    SystemFiles(Path root) {
        this.root = root;
    }

    /** Memory of the machine; empty where that is not told. */
    public Optional<Host> host() {
        List<String> lines = lines(root.resolve("proc/meminfo"));
        OptionalLong available = kilobytes(lines, "MemAvailable:");
        OptionalLong total = kilobytes(lines, "MemTotal:");
        return available.isPresent() && total.isPresent()
                ? Optional.of(new Host(available.getAsLong(), total.getAsLong()))
                : Optional.empty();
    }

    /** Memory of this process; empty where that is not told. */
    public Optional<Process> process() {
        List<String> lines = lines(root.resolve("proc/self/status"));
        OptionalLong resident = kilobytes(lines, "VmRSS:");
        long files = kilobytes(lines, "RssFile:").orElse(0);
        return resident.isPresent()
                ? Optional.of(new Process(resident.getAsLong(), resident.getAsLong() - files))
                : Optional.empty();
    }

    /** Memory of the control group with the least left, among the process's own and those around it; empty if none has a limit. */
    public Optional<Container> container() {
        return groups().flatMap(group -> group.container().stream())
                .min(Comparator.comparingLong(container -> container.max() - container.used()));
    }

    private Stream<Group> groups() {
        List<String> memberships = lines(root.resolve("proc/self/cgroup"));
        Path tree = root.resolve("sys/fs/cgroup");
        List<Group> groups = new ArrayList<>();
        for (String membership : memberships) {
            // hierarchy:controllers:path
            String[] parts = membership.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            if (parts[1].isEmpty()) {
                around(tree, parts[2]).forEach(folder -> groups.add(new Group(folder, Version.SECOND)));
            } else if (List.of(parts[1].split(",")).contains("memory")) {
                around(tree.resolve("memory"), parts[2])
                        .forEach(folder -> groups.add(new Group(folder, Version.FIRST)));
            }
        }
        return groups.stream();
    }

    /** The group's folder and all above it, down from the tree's root: in a container the path is often one that only the machine sees. */
    private static List<Path> around(Path tree, String path) {
        List<Path> folders = new ArrayList<>();
        Path folder = tree.resolve(Path.of("/").relativize(Path.of(path).normalize()));
        while (folder != null && folder.startsWith(tree)) {
            folders.add(folder);
            folder = folder.getParent();
        }
        return folders;
    }

    /** Names of a group's files. */
    private enum Version {
        FIRST("memory.limit_in_bytes", "memory.usage_in_bytes", List.of("total_inactive_file", "total_active_file")),
        SECOND("memory.max", "memory.current", List.of("inactive_file", "active_file"));

        private final String max;
        private final String used;
        private final List<String> files;

        Version(String max, String used, List<String> files) {
            this.max = max;
            this.used = used;
            this.files = files;
        }
    }

    private record Group(Path folder, Version version) {
        /** From here on a limit of the first version means none. */
        private static final long UNLIMITED = 1L << 60;

        Optional<Container> container() {
            OptionalLong max = number(lines(folder.resolve(version.max)));
            OptionalLong used = number(lines(folder.resolve(version.used)));
            if (max.isEmpty() || used.isEmpty() || max.getAsLong() >= UNLIMITED) {
                return Optional.empty();
            }
            List<String> stat = lines(folder.resolve("memory.stat"));
            long files = version.files.stream()
                    .mapToLong(name -> value(stat, name + " ").orElse(0))
                    .sum();
            return Optional.of(new Container(Math.max(0, used.getAsLong() - files), max.getAsLong()));
        }
    }

    private static OptionalLong kilobytes(List<String> lines, String name) {
        OptionalLong value = value(lines, name);
        return value.isPresent() ? OptionalLong.of(value.getAsLong() * KILOBYTE) : value;
    }

    private static OptionalLong value(List<String> lines, String name) {
        return number(lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replace("kB", ""))
                .limit(1)
                .toList());
    }

    /** The number on the only line; empty for words, such as {@code max}. */
    private static OptionalLong number(List<String> lines) {
        try {
            return lines.size() == 1
                    ? OptionalLong.of(Long.parseLong(lines.getFirst().strip()))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // another system, or another version
        }
    }
}
