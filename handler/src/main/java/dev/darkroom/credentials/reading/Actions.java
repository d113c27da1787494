package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.SuperBox;
import java.util.List;
import java.util.Optional;

/**
 * What was done to a picture, as far as it matters here.
 *
 * @param agent program or model of the last action that names one, with its version
 * @param sourceType last word of IPTC's address for how the picture came about, of the last action that says so
 */
record Actions(Optional<String> agent, Optional<String> sourceType) {
    private static final Actions NONE = new Actions(Optional.empty(), Optional.empty());

    static Actions read(List<SuperBox> assertions) {
        Actions known = NONE;
        for (SuperBox box : assertions) {
            if (box.label().startsWith("c2pa.actions")) {
                for (JsonNode action : content(box).path("actions")) {
                    known = known.and(new Actions(
                            agent(action.path("softwareAgent")), sourceType(action.path("digitalSourceType"))));
                }
            }
        }
        return known;
    }

    /** Returns these with what was done after them. */
    Actions and(Actions later) {
        return new Actions(later.agent.or(() -> agent), later.sourceType.or(() -> sourceType));
    }

    private static JsonNode content(SuperBox box) {
        try {
            return box.cbor();
        } catch (DamagedBoxException e) {
            return MissingNode.getInstance();
        }
    }

    private static Optional<String> agent(JsonNode agent) {
        String name = CredentialsReader.text(agent.isTextual() ? agent : agent.path("name"));
        String version = CredentialsReader.text(agent.path("version"));
        return Optional.of(version.isEmpty() ? name : name + " (" + version + ")")
                .filter(text -> !name.isEmpty());
    }

    private static Optional<String> sourceType(JsonNode address) {
        String text = CredentialsReader.text(address);
        return Optional.of(text.substring(text.lastIndexOf('/') + 1)).filter(word -> !word.isEmpty());
    }
}
