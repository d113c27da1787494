package dev.darkroom.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The bill of materials that the build writes in CycloneDX's format: what the worker ships. */
record Bom(List<Component> components) {
    /** The build's own file. */
    static final String FILE = "handler/target/bom.json";

    /**
     * Licences that a program may be shipped under beside Apache-2.0. Of those that ask for something back, the libraries are used as they
     * are, and with the exception for class paths where it is GPL.
     */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "BSD-4-Clause",
            "Bouncy Castle Licence",
            "CC0-1.0",
            "EPL-1.0",
            "EPL 1.0",
            "EPL-2.0",
            "GNU General Public License, version 2 with the GNU Classpath Exception",
            "GPL-2.0-with-classpath-exception",
            "LGPL, version 2.1",
            "MIT",
            "MIT-0",
            "MPL-2.0");

    /**
     * One library.
     *
     * @param purl package URL, without qualifiers
     * @param licences by SPDX identifier, or by name where it has none; one of several is enough
     * @param sha256 of its file, in hexadecimal digits
     */
    record Component(String purl, Set<String> licences, String sha256) {
        boolean isAllowed() {
            return licences.stream().anyMatch(ALLOWED::contains);
        }
    }

    static Bom read(Path file) throws IOException {
        JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
        List<Component> components = new ArrayList<>();
        for (JsonNode component : root.path("components")) {
            components.add(new Component(
                    component.path("purl").asText().replaceFirst("\\?.*", ""),
                    stream(component.path("licenses")).map(Bom::licence).collect(Collectors.toSet()),
                    hash(component)));
        }
        return new Bom(components);
    }

    /** Finds the libraries whose licence is none that is known to be fine. */
    List<Component> notAllowed() {
        return components.stream().filter(component -> !component.isAllowed()).toList();
    }

    Optional<Component> of(String sha256) {
        return components.stream()
                .filter(component -> component.sha256.equals(sha256))
                .findFirst();
    }

    private static String licence(JsonNode choice) {
        JsonNode licence = choice.path("license");
        return choice.path("expression")
                .asText(licence.path("id").asText(licence.path("name").asText()));
    }

    private static String hash(JsonNode component) {
        return stream(component.path("hashes"))
                .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
                .map(hash -> hash.path("content").asText())
                .findFirst()
                .orElse("");
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
