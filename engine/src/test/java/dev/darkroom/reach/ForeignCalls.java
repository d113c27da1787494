package dev.darkroom.reach;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The shapes of all foreign functions that our classes call, read off their code, since a machine without a card calls few of them:
 * descriptors that are written out, and arrays of arguments from which {@code SharedLibrary} makes one.
 */
final class ForeignCalls {
    private static final Map<String, String> LAYOUTS =
            Map.of("JAVA_INT", "jint", "JAVA_LONG", "jlong", "ADDRESS", "void*", "JAVA_FLOAT", "jfloat");

    private ForeignCalls() {}

    /** Returns the shapes in all classes of a folder, such as {@code jint(void*,jlong)}. */
    static Set<String> of(Path classes) throws IOException {
        Set<String> shapes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".class")).toList()) {
                ClassModel model = ClassFile.of().parse(file);
                for (MethodModel method : model.methods()) {
                    method.code()
                            .ifPresent(code -> collect(
                                    code.elementStream()
                                            .filter(Instruction.class::isInstance)
                                            .toList(),
                                    shapes));
                }
            }
        }
        return shapes;
    }

    private static void collect(List<CodeElement> code, Set<String> shapes) {
        List<String> layouts = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        String before = "";
        boolean written = false; // an array of arguments, since the last call that took one
        for (CodeElement element : code) {
            switch (element) {
                case FieldInstruction field
                when field.opcode() == Opcode.GETSTATIC
                        && LAYOUTS.containsKey(field.name().stringValue()) ->
                    layouts.add(LAYOUTS.get(field.name().stringValue()));
                case NewReferenceArrayInstruction array
                when array.componentType().asInternalName().equals("java/lang/Object") -> {
                    arguments.clear();
                    written = true;
                }
                case ArrayStoreInstruction store -> arguments.add(before);
                case InvokeInstruction call -> {
                    String owner = call.owner().asInternalName();
                    String name = call.name().stringValue();
                    if (owner.equals("java/lang/foreign/FunctionDescriptor") && name.startsWith("of")) {
                        if (name.equals("ofVoid")) {
                            layouts.addFirst("void");
                        }
                        if (layouts.size() > 1 || name.equals("ofVoid")) {
                            shapes.add(shape(layouts.getFirst(), layouts.subList(1, layouts.size())));
                        }
                    } else if (written && takesArguments(call)) {
                        written = false;
                        List<String> all = new ArrayList<>(arguments);
                        if (!name.equals("call")) {
                            all.addFirst("void*"); // where the result goes
                        }
                        shapes.add(shape("jint", all));
                    }
                    layouts.clear();
                    before = owner.equals("java/lang/Integer")
                            ? "jint"
                            : owner.equals("java/lang/Long") ? "jlong" : "void*";
                    continue;
                }
                default -> {}
            }
            before = "void*";
        }
    }

    private static boolean takesArguments(InvokeInstruction call) {
        String type = call.type().stringValue();
        return type.endsWith("[Ljava/lang/Object;)I")
                || type.endsWith("[Ljava/lang/Object;)Ljava/lang/foreign/MemorySegment;");
    }

    private static String shape(String result, List<String> parameters) {
        return result + "(" + String.join(",", parameters) + ")";
    }
}
