package dev.darkroom.settings;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Locale;

/**
 * One setting, as the mapping of the configuration declares it.
 *
 * @param property its name, such as {@code darkroom.s3.expiry}
 * @param type of its value, or of each of several
 * @param several true if it takes more than one value, comma separated
 */
record Setting(String property, Class<?> type, boolean several) {
    /** Reads a setting off the method that gives its value. */
    static Setting of(String property, Method method) {
        Type type = method.getGenericReturnType();
        boolean several = false;
        while (type instanceof ParameterizedType of) {
            several |= Collection.class.isAssignableFrom((Class<?>) of.getRawType());
            type = of.getActualTypeArguments()[0];
        }
        return new Setting(property, (Class<?>) type, several);
    }

    /** Returns the environment variable of this setting. */
    String variable() {
        return variable(property);
    }

    /** Returns the environment variable that a property has: all but letters and digits becomes an underscore. */
    static String variable(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
