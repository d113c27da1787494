package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.darkroom.job.Faults;
import dev.darkroom.queue.JobJson;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes the LoRAs out of a prompt, where this API has them: {@code <lora:name:0.8>}. */
final class PromptLoras {
    private static final Pattern MENTION =
            Pattern.compile("\\s*<(lora|lyco):([^:<>]{1,200})(?::([^:<>]{0,20}))?[^<>]{0,100}>");
    private static final Pattern OTHER = Pattern.compile("<hypernet:[^<>]{1,200}>");

    private final Supplier<Map<String, String>> known;
    private final Faults faults;
    private final ArrayNode loras = JobJson.MAPPER.createArrayNode();

    PromptLoras(Supplier<Map<String, String>> known, Faults faults) {
        this.known = known;
        this.faults = faults;
    }

    /** Returns the prompt without its LoRAs; those are in {@link #loras} then. */
    String without(String prompt) {
        faults.check(!OTHER.matcher(prompt).find(), "prompt", "this worker knows no hypernetworks");
        Matcher mention = MENTION.matcher(prompt);
        if (!mention.find()) {
            return prompt;
        }
        Map<String, String> paths = known.get();
        String bare = mention.replaceAll(found -> {
            add(found.group(2).strip(), found.group(3), paths);
            return "";
        });
        return bare.strip();
    }

    private void add(String name, String scale, Map<String, String> paths) {
        String path = paths.get(name);
        if (path == null) {
            faults.add(
                    "prompt",
                    "there is no LoRA " + Faults.quoted(name) + " here; there are "
                            + (paths.isEmpty() ? "none" : String.join(", ", paths.keySet())));
            return;
        }
        try {
            double number = scale == null || scale.isBlank() ? 1 : Double.parseDouble(scale.strip());
            loras.addObject().put("path", path).put("scale", number);
        } catch (NumberFormatException e) {
            faults.add(
                    "prompt",
                    "the scale of the LoRA " + Faults.quoted(name) + " must be a number, not " + Faults.quoted(scale));
        }
    }

    /** Returns the LoRAs of all prompts so far, as a job has them. */
    ArrayNode loras() {
        return loras;
    }
}
