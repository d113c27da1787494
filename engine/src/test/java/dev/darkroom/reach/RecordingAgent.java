package dev.darkroom.reach;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records the reflection of a JVM, as GraalVM's agent would: in all classes but those of {@code java.base}, calls go to {@link Recorder}. It
 * does not see what {@code java.base} looks up by itself, what native code looks up, nor what another run would have done.
 */
final class RecordingAgent implements ClassFileTransformer {
    private static final ClassDesc RECORDER = ClassDesc.of("dev.darkroom.reach.Recorder");

    private record Call(String owner, String name, String type) {}

    /** What is called → what is called instead. */
    private final Map<Call, MethodTypeDesc> instead = new HashMap<>();

    private RecordingAgent() {
        for (Method method : Recorder.class.getMethods()) {
            Instead of = method.getAnnotation(Instead.class);
            if (of == null) {
                continue;
            }
            MethodTypeDesc mine = java.lang.invoke.MethodType.methodType(
                            method.getReturnType(), method.getParameterTypes())
                    .describeConstable()
                    .orElseThrow();
            int last = mine.parameterCount() - 1;
            MethodTypeDesc theirs = mine.dropParameterTypes(last, last + 1);
            boolean isStatic = of.ofStatic() != void.class;
            Class<?> owner = isStatic ? of.ofStatic() : method.getParameterTypes()[0];
            MethodTypeDesc called = isStatic ? theirs : theirs.dropParameterTypes(0, 1);
            instead.put(new Call(owner.getName().replace('.', '/'), method.getName(), called.descriptorString()), mine);
        }
    }

    /** @param file where the recording is written */
    public static void premain(String file, Instrumentation jvm) {
        Recorder.writeAtTheEnd(Path.of(file));
        jvm.addTransformer(new RecordingAgent());
    }

    @Override
    public byte @Nullable [] transform(
            Module module,
            @Nullable ClassLoader loader,
            String name,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] bytes) {
        if ("java.base".equals(module.getName()) || name.startsWith("dev/darkroom/reach/")) {
            return null;
        }
        try {
            return recorded(bytes, loader == null ? ClassLoader.getSystemClassLoader() : loader);
        } catch (RuntimeException | LinkageError e) {
            System.err.println("not recorded: " + name + ": " + e);
            return null;
        }
    }

    private byte @Nullable [] recorded(byte[] bytes, ClassLoader loader) {
        var classes = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
        ClassModel model = classes.parse(bytes);
        if (model.majorVersion() < ClassFile.JAVA_5_VERSION) {
            return null; // knows no constants that are classes
        }
        boolean[] changed = {false};
        CodeTransform calls = (builder, element) -> {
            MethodTypeDesc mine = element instanceof InvokeInstruction call ? instead.get(called(call)) : null;
            if (mine == null) {
                builder.with(element);
            } else {
                changed[0] = true;
                builder.ldc(builder.constantPool().classEntry(model.thisClass().asSymbol()))
                        .invokestatic(
                                RECORDER, ((InvokeInstruction) element).name().stringValue(), mine);
            }
        };
        byte[] with = classes.transformClass(model, ClassTransform.transformingMethodBodies(calls));
        return changed[0] ? with : null;
    }

    /** Returns the call; one of a subclass of ClassLoader counts as one of ClassLoader. */
    private static Call called(InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        return new Call(
                owner.endsWith("ClassLoader") ? "java/lang/ClassLoader" : owner,
                call.name().stringValue(),
                call.type().stringValue());
    }
}
