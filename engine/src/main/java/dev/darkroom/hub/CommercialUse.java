package dev.darkroom.hub;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Whether a licence allows commercial use, as far as its name tells. */
public enum CommercialUse {
    /** It does. */
    YES,
    /** It does not. */
    NO,
    /** It does under conditions, such as uses that are forbidden or a bound of revenue. */
    CONDITIONS,
    /** Its name does not tell. */
    UNKNOWN;

    private static final Set<String> FREE = Set.of(
            "apache-2.0",
            "mit",
            "mit-0",
            "bsd-2-clause",
            "bsd-3-clause",
            "isc",
            "cc0-1.0",
            "cc-by-4.0",
            "cc-by-sa-4.0",
            "unlicense",
            "wtfpl",
            "zlib",
            "bsl-1.0",
            "gpl-3.0",
            "lgpl-3.0",
            "agpl-3.0",
            "mpl-2.0");

    private static final Map<String, CommercialUse> OTHERS = Map.ofEntries(
            Map.entry("flux-1-dev-non-commercial-license", NO),
            Map.entry("flux-dev-non-commercial-license", NO),
            Map.entry("flux-non-commercial-license", NO),
            Map.entry("flux-2-dev-non-commercial-license", NO),
            Map.entry("openrail", CONDITIONS),
            Map.entry("openrail++", CONDITIONS),
            Map.entry("creativeml-openrail-m", CONDITIONS),
            Map.entry("bigscience-openrail-m", CONDITIONS),
            Map.entry("stabilityai-ai-community", CONDITIONS),
            Map.entry("tencent-hunyuan-community", CONDITIONS),
            Map.entry("llama3.1", CONDITIONS),
            Map.entry("gemma", CONDITIONS));

    /** Judges a licence by its name, which may say itself that it is for no commerce. */
    static CommercialUse of(String license) {
        String name = license.toLowerCase(Locale.ROOT);
        if (FREE.contains(name)) {
            return YES;
        }
        CommercialUse known = OTHERS.get(name);
        if (known != null) {
            return known;
        }
        boolean none = name.contains("non-commercial") || name.contains("noncommercial") || name.matches("cc-by-nc.*");
        return none ? NO : UNKNOWN;
    }

    /** Returns the word for it in answers. */
    public String fieldValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
