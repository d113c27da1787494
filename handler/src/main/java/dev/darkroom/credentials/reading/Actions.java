package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.image.manifest.SourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was done to a picture, as far as it matters here.
 *
 * @param all actions that say how the picture came about, the first one done first
 */
record Actions(List<Making> all) {
    private static final int MOST = 1_000;

    Actions {
        all = List.copyOf(all);
    }

    /**
     * How a picture came about.
     *
     * @param model with its version; empty where no model has a part in it, or is not named
     * @param sourceType last word of IPTC's address for it
     */
    record Making(Optional<String> model, Optional<String> sourceType) {
        static final Making UNKNOWN = new Making(Optional.empty(), Optional.empty());

        private boolean isOfModel() {
            return sourceType.filter(SourceType::isOfModel).isPresent();
        }
    }

    static Actions read(List<SuperBox> assertions) {
        List<Making> all = new ArrayList<>();
        for (SuperBox box : assertions) {
            if (box.label().startsWith("c2pa.actions")) {
                JsonNode content = content(box);
                for (JsonNode action : content.path("actions")) {
                    if (all.size() < MOST) {
                        all.add(making(action, content.path("softwareAgents")));
                    }
                }
            }
        }
        all.removeIf(one -> one.sourceType.isEmpty());
        return new Actions(all);
    }

    /** Returns these with what was done after them. */
    Actions and(Actions later) {
        List<Making> both = new ArrayList<>(all);
        both.addAll(later.all);
        return new Actions(both);
    }

    /** Returns the last thing that a model did, however it was changed after that; without one, what was done first. */
    Making making() {
        return all.reversed().stream()
                .filter(Making::isOfModel)
                .findFirst()
                .or(() -> all.stream().findFirst())
                .orElse(Making.UNKNOWN);
    }

    private static Making making(JsonNode action, JsonNode agents) {
        var making = new Making(agent(action, agents), sourceType(action.path("digitalSourceType")));
        return making.isOfModel() ? making : new Making(Optional.empty(), making.sourceType);
    }

    private static JsonNode content(SuperBox box) {
        try {
            return box.cbor();
        } catch (DamagedBoxException e) {
            return MissingNode.getInstance();
        }
    }

    /** Reads who did it: a name, or a name with a version, or the place of such a one in a list of all. */
    private static Optional<String> agent(JsonNode action, JsonNode agents) {
        JsonNode index = action.path("softwareAgentIndex");
        JsonNode agent = index.isInt() ? agents.path(index.asInt()) : action.path("softwareAgent");
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
