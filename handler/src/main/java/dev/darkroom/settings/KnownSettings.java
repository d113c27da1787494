package dev.darkroom.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * All settings of a mapping, with the groups inside it.
 *
 * @param prefix of all their properties, such as {@code darkroom}
 */
record KnownSettings(String prefix, List<Setting> all) {
    /** Reads the settings off a mapping, which is an interface with a method a setting. */
    static KnownSettings of(Class<?> mapping) {
        String prefix = mapping.getAnnotation(ConfigMapping.class).prefix();
        return new KnownSettings(prefix, of(prefix, mapping).toList());
    }

    private static Stream<Setting> of(String prefix, Class<?> group) {
        return Stream.of(group.getMethods())
                .filter(method -> !method.isDefault())
                .flatMap(method -> {
                    String property = method.isAnnotationPresent(WithParentName.class)
                            ? prefix
                            : prefix + "." + hyphenated(method);
                    return isGroup(method.getReturnType())
                            ? of(property, method.getReturnType())
                            : Stream.of(Setting.of(property, method));
                });
    }

    private static boolean isGroup(Class<?> type) {
        return type.isInterface() && type.getName().startsWith("dev.darkroom.");
    }

    private static String hyphenated(Method method) {
        return method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
