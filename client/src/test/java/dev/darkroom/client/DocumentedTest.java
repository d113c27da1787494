package dev.darkroom.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/client.md compile. */
class DocumentedTest {
    private static final Pattern PROGRAM = Pattern.compile("(?ms)^```java\n(.*?)^```$");
    private static final Pattern NAME = Pattern.compile("(?m)^class (\\w+) ");

    @Test
    void theProgramsOfThePageCompile(@TempDir Path classes) throws Exception {
        List<JavaFileObject> programs = PROGRAM.matcher(page())
                .results()
                .map(program -> source(program.group(1)))
                .toList();
        String client = Path.of(DarkroomClient.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        var messages = new StringWriter();

        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", client),
                        null,
                        programs)
                .call();

        assertThat(programs).hasSize(2);
        assertThat(compiled).as(messages.toString()).isTrue();
    }

    private static String page() throws IOException {
        return Files.readString(Path.of(System.getProperty("darkroom.home"), "docs/client.md"));
    }

    private static JavaFileObject source(String program) {
        String name = NAME.matcher(program)
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
        URI address = URI.create("string:///" + name + ".java");
        return new SimpleJavaFileObject(address, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return program;
            }
        };
    }
}
