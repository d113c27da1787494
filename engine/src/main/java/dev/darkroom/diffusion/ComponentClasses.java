package dev.darkroom.diffusion;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.schedule.FlowMatchSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The classes of a family's components, as {@code model_index.json} names them. What a checkpoint says of another class would be computed
 * otherwise than here, and is refused; components that no pipeline here uses are told in the log.
 *
 * @param family its name, as the documentation has it
 * @param byComponent the classes that are computed, by the component's name
 * @param remarks what else the index may say that is read
 */
public record ComponentClasses(String family, Map<String, List<String>> byComponent, List<String> remarks) {
    private static final List<String> NOT_USED = List.of("safety_checker", "feature_extractor", "image_encoder");

    /** Adds the schedule, which all families share. */
    public ComponentClasses {
        Map<String, List<String>> all = new LinkedHashMap<>(byComponent);
        all.put("scheduler", List.of(FlowMatchSchedule.CLASS_NAME));
        byComponent = Map.copyOf(all);
        remarks = List.copyOf(remarks);
    }

    /** Makes the classes of a family whose index may say more than them. */
    public ComponentClasses(String family, Map<String, List<String>> byComponent, String... remarks) {
        this(family, byComponent, List.of(remarks));
    }

    /** The meaning of the keys of {@code model_index.json}. */
    public ConfigKeys keys() {
        return ConfigKeys.of("model_index.json (" + family + ")")
                .uses("_class_name")
                .uses(remarks.toArray(String[]::new))
                .uses(byComponent.keySet().stream().sorted().toArray(String[]::new))
                .ignores("no pipeline here uses it, which the log says", NOT_USED.toArray(String[]::new));
    }

    /**
     * Checks the components that an index names.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names a component whose class is another, or that no pipeline here has
     */
    public void check(ConfigFile index) {
        index.names().stream()
                .filter(name -> !byComponent.containsKey(name) && index.isList(name))
                .forEach(name -> checkOther(index, name));
        ConfigFile known = index.within(keys());
        byComponent.forEach((name, classes) -> known.componentClass(name)
                .filter(type -> !classes.contains(type))
                .ifPresent(type -> {
                    throw index.error(name, "must be " + String.join(" or ", classes) + ", not " + type);
                }));
    }

    private static void checkOther(ConfigFile index, String name) {
        index.componentClass(name).ifPresent(type -> {
            if (!NOT_USED.contains(name)) {
                throw index.error(name, "is a " + type + ", which no pipeline here has");
            }
            index.note(name + ", a " + type + ", is not used here");
        });
    }
}
