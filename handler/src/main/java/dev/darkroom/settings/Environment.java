package dev.darkroom.settings;

import dev.darkroom.queue.Spelling;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.DotEnvConfigSourceProvider;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Variables and properties that the process was started with. A misspelt name would be ignored in silence, so every name that begins as
 * ours do must be one of ours.
 */
public final class Environment {
    private static final int OF_VARIABLES = 300;
    private static final int OF_FILE = 250;

    private static final String FILE = "/application.properties";

    /** Ours too, but read by the start-up scripts or by Compose. */
    private static final List<String> OF_OTHERS =
            List.of("DARKROOM_ALLOCATOR", "DARKROOM_WAIT", "DARKROOM_CHECKS", "DARKROOM_SKIP_CHECKS", "DARKROOM_IMAGE");

    /** Matches the variables that Kubernetes and Docker set in a container for services whose names begin with darkroom. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "DARKROOM(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)");

    private static final Pattern OTHER_NAME = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*):");

    /** Names of RunPod's for the bucket; a variable that only resembles one is nobody else's. */
    private static final String BUCKET = "BUCKET_";

    private final Map<String, String> variables;
    private final KnownSettings known;
    private final PropertiesConfigSource file;
    private final SmallRyeConfig config;

    /**
     * Makes the surroundings of a worker.
     *
     * @param mapping of all settings
     */
    public Environment(Map<String, String> variables, Class<?> mapping) {
        this(variables, mapping, beside(mapping));
    }

    /** Returns the file that came with a class: others of that name may lie before it on a class path. */
    private static URL beside(Class<?> mapping) {
        String name = "/" + mapping.getName().replace('.', '/') + ".class";
        URL itself = mapping.getResource(name);
        if (itself == null) { // an executable, which has no class files, and one such file
            return Objects.requireNonNull(mapping.getResource(FILE));
        }
        String address = itself.toString();
        try {
            return URI.create(address.substring(0, address.length() - name.length()) + FILE)
                    .toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(address, e); // it was one
        }
    }

    /** @param file with what the settings are called by others, and with their defaults */
    Environment(Map<String, String> variables, Class<?> mapping, URL file) {
        this.variables = new TreeMap<>(variables);
        this.known = KnownSettings.of(mapping);
        this.file = read(file);
        this.config = builder().build();
    }

    private static PropertiesConfigSource read(URL file) {
        try {
            return new PropertiesConfigSource(file, OF_FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SmallRyeConfigBuilder builder() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withSources(new EnvConfigSource(variables, OF_VARIABLES), new SysPropConfigSource(), file)
                .withSources(new DotEnvConfigSourceProvider());
    }

    /** Reads the settings; they must be without {@link #faults}. */
    public <T> T read(Class<T> mappingOfAll) {
        return builder().withMapping(mappingOfAll).build().getConfigMapping(mappingOfAll);
    }

    /** Returns the value of one setting as it was given. */
    public Optional<String> value(String property) {
        return Optional.ofNullable(config.getConfigValue(property).getValue());
    }

    /** Lists everything that is wrong with names and values, a sentence each that begins with the name; no secret is in it. */
    public List<String> faults() {
        return Stream.concat(strangers(), senseless()).toList();
    }

    /** Lists names that nobody reads and that look like a slip of the pen; others may have use for them, so they are no fault. */
    public List<String> doubts() {
        List<String> names = otherNames().stream()
                .filter(name -> name.startsWith(BUCKET))
                .map(name -> name.substring(BUCKET.length()))
                .toList();
        return variables.keySet().stream()
                .filter(name -> name.startsWith(BUCKET))
                .map(name -> name.substring(BUCKET.length()))
                .filter(name -> !names.contains(name))
                .flatMap(name -> Spelling.nearest(name, names)
                        .map(near -> BUCKET + name + " is read by nobody: did you mean " + BUCKET + near + "?")
                        .stream())
                .toList();
    }

    /** The names of others that our settings go by as well, such as {@code HF_TOKEN}. */
    private List<String> otherNames() {
        List<String> names = new ArrayList<>();
        for (Setting setting : known.all()) {
            otherName(setting).ifPresent(names::add);
        }
        return names;
    }

    private Optional<String> otherName(Setting setting) {
        return Optional.ofNullable(file.getValue(setting.property()))
                .map(OTHER_NAME::matcher)
                .filter(Matcher::find)
                .map(name -> name.group(1));
    }

    private Stream<String> strangers() {
        String ofVariables = Setting.variable(known.prefix()) + "_";
        String ofProperties = known.prefix() + ".";
        Stream<String> properties =
                System.getProperties().stringPropertyNames().stream().filter(name -> name.startsWith(ofProperties));
        return Stream.concat(
                variables.keySet().stream()
                        .filter(name -> name.toUpperCase(Locale.ROOT).startsWith(ofVariables))
                        .filter(name -> !isKnown(name))
                        .map(name -> stranger(name, ofVariables, namesOfVariables(ofVariables))),
                properties
                        .sorted()
                        .filter(name -> known.all().stream().noneMatch(setting -> isProperty(setting, name)))
                        .map(name -> stranger(name, ofProperties, namesOfProperties(ofProperties))));
    }

    private boolean isKnown(String variable) {
        return OF_OTHERS.contains(variable)
                || SERVICE_LINK.matcher(variable).matches()
                || variables.getOrDefault(variable, "").startsWith("tcp://")
                || known.all().stream()
                        .anyMatch(setting -> setting.variable().equals(variable)
                                || (setting.several() && variable.matches(setting.variable() + "_\\d+_")));
    }

    private static boolean isProperty(Setting setting, String name) {
        return name.equals(setting.property())
                || (setting.several() && name.matches(Pattern.quote(setting.property()) + "\\[\\d+\\]"));
    }

    private List<String> namesOfVariables(String prefix) {
        return Stream.concat(known.all().stream().map(Setting::variable), OF_OTHERS.stream())
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    private List<String> namesOfProperties(String prefix) {
        return known.all().stream()
                .map(setting -> setting.property().substring(prefix.length()))
                .toList();
    }

    private static String stranger(String name, String prefix, List<String> names) {
        return name + ": is no setting of this worker"
                + Spelling.nearest(name.substring(prefix.length()), names)
                        .map(near -> "; did you mean " + prefix + near + "?")
                        .orElse("; docs/configuration.md lists them all");
    }

    private Stream<String> senseless() {
        return known.all().stream().flatMap(setting -> {
            ConfigValue value = config.getConfigValue(setting.property());
            String text = value.getValue();
            return text == null || text.isBlank()
                    ? Stream.empty()
                    : Values.fault(setting, text).map(fault -> named(setting, value) + ": " + fault).stream();
        });
    }

    /** Returns the name that whoever set it knows the setting by. */
    private String named(Setting setting, ConfigValue value) {
        return switch (value.getConfigSourceOrdinal()) {
            case OF_FILE -> otherName(setting).orElse(setting.property());
            case SysPropConfigSource.ORDINAL -> "-D" + setting.property();
            default -> setting.variable();
        };
    }
}
