package dev.darkroom.reach;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;

/**
 * What {@link RecordingAgent} has called in place of reflection: does the same, and notes what was found. The last argument is the class
 * that calls. Lives in the boot loader, so that all classes see it.
 */
@NullUnmarked
public final class Recorder {
    static final String ALL_METHODS = "all methods";
    static final String ALL_FIELDS = "all fields";
    static final String ALL_CONSTRUCTORS = "all constructors";

    private static final Set<String> LINES = new ConcurrentSkipListSet<>();

    private Recorder() {}

    /** Writes what was noted, when the JVM ends: kind, type or name, member, and who asked, a line each. */
    static void writeAtTheEnd(Path file) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Files.write(file, LINES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }

    private static void note(String kind, String name, String member, Class<?> caller) {
        LINES.add(String.join("\t", kind, name, member, caller.getName()));
    }

    private static void type(Class<?> type, String member, Class<?> caller) {
        if (!type.isArray() && !type.isPrimitive()) {
            note("type", type.getName(), member, caller);
        }
    }

    private static String parameters(Class<?>... types) {
        return Arrays.stream(types).map(Class::getTypeName).collect(Collectors.joining(",", "(", ")"));
    }

    @Instead(ofStatic = Class.class)
    public static Class<?> forName(String name, Class<?> caller) throws ClassNotFoundException {
        return forName(name, true, caller.getClassLoader(), caller);
    }

    @Instead(ofStatic = Class.class)
    public static Class<?> forName(String name, boolean initialise, ClassLoader loader, Class<?> caller)
            throws ClassNotFoundException {
        Class<?> found = Class.forName(name, initialise, loader);
        type(found, "", caller);
        return found;
    }

    @Instead
    public static Class<?> loadClass(ClassLoader loader, String name, Class<?> caller) throws ClassNotFoundException {
        Class<?> found = loader.loadClass(name);
        type(found, "", caller);
        return found;
    }

    @Instead
    public static Method getMethod(Class<?> type, String name, Class<?>[] parameters, Class<?> caller)
            throws NoSuchMethodException {
        Method found = type.getMethod(name, parameters);
        type(found.getDeclaringClass(), name + parameters(found.getParameterTypes()), caller);
        return found;
    }

    @Instead
    public static Method getDeclaredMethod(Class<?> type, String name, Class<?>[] parameters, Class<?> caller)
            throws NoSuchMethodException {
        Method found = type.getDeclaredMethod(name, parameters);
        type(type, name + parameters(found.getParameterTypes()), caller);
        return found;
    }

    @Instead
    public static Constructor<?> getConstructor(Class<?> type, Class<?>[] parameters, Class<?> caller)
            throws NoSuchMethodException {
        Constructor<?> found = type.getConstructor(parameters);
        type(type, "<init>" + parameters(found.getParameterTypes()), caller);
        return found;
    }

    @Instead
    public static Constructor<?> getDeclaredConstructor(Class<?> type, Class<?>[] parameters, Class<?> caller)
            throws NoSuchMethodException {
        Constructor<?> found = type.getDeclaredConstructor(parameters);
        type(type, "<init>" + parameters(found.getParameterTypes()), caller);
        return found;
    }

    @Instead
    public static Field getField(Class<?> type, String name, Class<?> caller) throws NoSuchFieldException {
        Field found = type.getField(name);
        type(found.getDeclaringClass(), name, caller);
        return found;
    }

    @Instead
    public static Field getDeclaredField(Class<?> type, String name, Class<?> caller) throws NoSuchFieldException {
        Field found = type.getDeclaredField(name);
        type(type, name, caller);
        return found;
    }

    @Instead
    public static Method[] getMethods(Class<?> type, Class<?> caller) {
        type(type, ALL_METHODS, caller);
        return type.getMethods();
    }

    @Instead
    public static Method[] getDeclaredMethods(Class<?> type, Class<?> caller) {
        type(type, ALL_METHODS, caller);
        return type.getDeclaredMethods();
    }

    @Instead
    public static Field[] getDeclaredFields(Class<?> type, Class<?> caller) {
        type(type, ALL_FIELDS, caller);
        return type.getDeclaredFields();
    }

    @Instead
    public static Constructor<?>[] getDeclaredConstructors(Class<?> type, Class<?> caller) {
        type(type, ALL_CONSTRUCTORS, caller);
        return type.getDeclaredConstructors();
    }

    @Instead
    public static MethodHandle findStatic(
            MethodHandles.Lookup lookup, Class<?> type, String name, MethodType of, Class<?> caller)
            throws NoSuchMethodException, IllegalAccessException {
        MethodHandle found = lookup.findStatic(type, name, of);
        type(type, name + parameters(of.parameterArray()), caller);
        return found;
    }

    @Instead
    public static MethodHandle findVirtual(
            MethodHandles.Lookup lookup, Class<?> type, String name, MethodType of, Class<?> caller)
            throws NoSuchMethodException, IllegalAccessException {
        MethodHandle found = lookup.findVirtual(type, name, of);
        type(type, name + parameters(of.parameterArray()), caller);
        return found;
    }

    @Instead
    public static MethodHandle findConstructor(
            MethodHandles.Lookup lookup, Class<?> type, MethodType of, Class<?> caller)
            throws NoSuchMethodException, IllegalAccessException {
        MethodHandle found = lookup.findConstructor(type, of);
        type(type, "<init>" + parameters(of.parameterArray()), caller);
        return found;
    }

    @Instead(ofStatic = Proxy.class)
    public static Object newProxyInstance(
            ClassLoader loader, Class<?>[] interfaces, InvocationHandler handler, Class<?> caller) {
        note("proxy", Arrays.stream(interfaces).map(Class::getName).collect(Collectors.joining(",")), "", caller);
        return Proxy.newProxyInstance(loader, interfaces, handler);
    }

    @Instead(ofStatic = ServiceLoader.class)
    public static <S> ServiceLoader<S> load(Class<S> service, Class<?> caller) {
        note("service", service.getName(), "", caller);
        return ServiceLoader.load(service);
    }

    @Instead(ofStatic = ServiceLoader.class)
    public static <S> ServiceLoader<S> load(Class<S> service, ClassLoader loader, Class<?> caller) {
        note("service", service.getName(), "", caller);
        return ServiceLoader.load(service, loader);
    }

    @Instead(ofStatic = ResourceBundle.class)
    public static ResourceBundle getBundle(String name, Class<?> caller) {
        note("bundle", name, "", caller);
        return caller.getModule().isNamed()
                ? ResourceBundle.getBundle(name, caller.getModule())
                : ResourceBundle.getBundle(name, Locale.getDefault(), caller.getClassLoader());
    }

    @Instead
    public static URL getResource(Class<?> type, String name, Class<?> caller) {
        return found(type.getResource(name), absolute(type, name), caller);
    }

    @Instead
    public static InputStream getResourceAsStream(Class<?> type, String name, Class<?> caller) {
        return found(type.getResourceAsStream(name), absolute(type, name), caller);
    }

    @Instead
    public static URL getResource(ClassLoader loader, String name, Class<?> caller) {
        return found(loader.getResource(name), name, caller);
    }

    @Instead
    public static InputStream getResourceAsStream(ClassLoader loader, String name, Class<?> caller) {
        return found(loader.getResourceAsStream(name), name, caller);
    }

    @Instead
    public static Enumeration<URL> getResources(ClassLoader loader, String name, Class<?> caller) throws IOException {
        Enumeration<URL> found = loader.getResources(name);
        if (found.hasMoreElements()) {
            note("resource", name, "", caller);
        }
        return found;
    }

    private static <T> T found(T resource, String name, Class<?> caller) {
        if (resource != null) {
            note("resource", name, "", caller);
        }
        return resource;
    }

    private static String absolute(Class<?> type, String name) {
        return name.startsWith("/") ? name.substring(1) : type.getPackageName().replace('.', '/') + "/" + name;
    }
}
