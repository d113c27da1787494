package dev.darkroom.queue;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names that another protocol has for our fields, so that a fault names the field that its caller has sent.
 *
 * @param theirs our name → theirs
 */
public record FieldWords(Map<String, String> theirs) {
    private static final String BETWEEN = "; ";
    private static final Pattern FAULT = Pattern.compile(
            "(width × height|[A-Za-z_0-9]{1,80})((?:[.\\[][A-Za-z0-9_.\\[\\]-]{0,80})?: .*)", Pattern.DOTALL);

    /** Returns a list of faults, each {@code field: rule}, under the caller's names; what is no fault of a known field stays as it is. */
    public String translated(String faults) {
        return Arrays.stream(faults.split(BETWEEN, -1)).map(this::fault).collect(Collectors.joining(BETWEEN));
    }

    private String fault(String fault) {
        Matcher parts = FAULT.matcher(fault);
        if (!parts.matches()) {
            return fault;
        }
        return theirs.getOrDefault(parts.group(1), parts.group(1)) + parts.group(2);
    }
}
