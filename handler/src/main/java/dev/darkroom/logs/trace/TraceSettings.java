package dev.darkroom.logs.trace;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * OpenTelemetry's own environment variables, as far as this worker heeds them: they turn traces on, and its SDK reads them. Whoever runs many
 * programs sets them for all of them, so one of another signal, or another exporter, is no fault.
 *
 * <p>Source: opentelemetry.io, "Environment Variable Specification" and "OpenTelemetry Protocol Exporter".
 */
public final class TraceSettings {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String OF_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private static final List<String> PROTOCOLS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
    private static final String PROTOCOL = "http/protobuf";
    private static final List<String> NUMBERS =
            List.of("OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY");
    private static final Set<String> SAMPLERS = Set.of(
            "always_on",
            "always_off",
            "traceidratio",
            "parentbased_always_on",
            "parentbased_always_off",
            "parentbased_traceidratio");

    private final Map<String, String> variables;

    /** Looks at the variables of a process. */
    public TraceSettings(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** Returns the address that traces go to; empty if there are to be none. */
    public Optional<String> endpoint() {
        boolean disabled =
                value("OTEL_SDK_DISABLED").filter("true"::equalsIgnoreCase).isPresent()
                        || value("OTEL_TRACES_EXPORTER")
                                .filter("none"::equalsIgnoreCase)
                                .isPresent();
        return disabled ? Optional.empty() : value(OF_TRACES).or(() -> value(ENDPOINT));
    }

    /** Lists what is wrong with the variables, a sentence each that begins with the name; nothing if there are to be no traces. */
    public List<String> faults() {
        if (endpoint().isEmpty()) {
            return List.of();
        }
        List<String> faults = new ArrayList<>();
        for (String name : List.of(ENDPOINT, OF_TRACES)) {
            value(name)
                    .filter(address -> !isAddress(address))
                    .ifPresent(address -> faults.add(name + ": must be an address such as http://collector:4318"));
        }
        PROTOCOLS.stream().filter(name -> value(name).isPresent()).findFirst().ifPresent(name -> {
            if (!value(name).orElse("").equals(PROTOCOL)) {
                faults.add(name + ": must be " + PROTOCOL + ", which this worker speaks, not '" + shown(name) + "'");
            }
        });
        value("OTEL_TRACES_EXPORTER")
                .filter(exporter -> !exporter.equals("otlp"))
                .ifPresent(exporter -> faults.add(
                        "OTEL_TRACES_EXPORTER: must be otlp or none, not '" + shown("OTEL_TRACES_EXPORTER") + "'"));
        value("OTEL_TRACES_SAMPLER")
                .filter(sampler -> !SAMPLERS.contains(sampler))
                .ifPresent(sampler -> faults.add("OTEL_TRACES_SAMPLER: must be one of "
                        + String.join(", ", SAMPLERS.stream().sorted().toList()) + ", not '"
                        + shown("OTEL_TRACES_SAMPLER") + "'"));
        value("OTEL_TRACES_SAMPLER_ARG")
                .filter(share -> !isShare(share))
                .ifPresent(share -> faults.add("OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1, not '"
                        + shown("OTEL_TRACES_SAMPLER_ARG") + "'"));
        NUMBERS.stream()
                .filter(name -> value(name)
                        .filter(number -> !number.matches("\\d{1,9}"))
                        .isPresent())
                .forEach(name -> faults.add(name + ": must be a number of milliseconds, not '" + shown(name) + "'"));
        return faults;
    }

    /** Returns all of OpenTelemetry's variables as its SDK names them: {@code otel.service.name}. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        variables.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value.strip());
            }
        });
        return properties;
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private String shown(String name) {
        String value = value(name).orElse("");
        return (value.length() > 80 ? value.substring(0, 80) + "…" : value).replaceAll("\\p{Cntrl}", "?");
    }

    private static boolean isAddress(String text) {
        try {
            URI address = new URI(text);
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https")) && address.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isShare(String text) {
        return text.matches("0*(\\.\\d+)?|0*1(\\.0*)?|0+\\.\\d*");
    }
}
