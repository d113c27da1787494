package dev.darkroom.longcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.longcat.Quotation.Part;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a prompt is read character by character: what the reference's own examples hold, and where it goes wrong. */
class QuotationTest {
    /** Of what a processor's clock tells apart, in nanoseconds. */
    private static final long SHORTEST_TIME = 100_000;

    /** Quoted parts in brackets. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ';',
            value = {
                "a cat; a cat",
                "a sign 'Open' here; a sign ['Open'] here",
                "\"a\"\"b\"; [\"a\"][\"b\"]",
                "''; ['']",
                "it's the dog's bone, isn't it; it's the dog's bone, isn't it",
                "don't write 'I can't stop' now, don't; don't write ['I can't stop'] now, don't",
                "'abc don't stop; 'abc don't stop",
                "the dogs' bowls and cats' toys; the dogs[' bowls and cats'] toys",
                "rock 'n' roll; rock ['n'] roll",
                "a'b'c; a'b'c",
                "a'b'c'd; a'b'c'd",
                "‘one’ “two” ’three‘; [‘one’] [“two”] ’three‘",
                "‘a ‘b’; ‘a [‘b’]",
                "“a 'b\" c”; [“a 'b\" c”]",
                "5'10\" tall; 5'10\" tall",
                "unmatched \" here; unmatched \" here"
            })
    void theMarksPair(String prompt, String shown) {
        String marked = Quotation.parts(prompt).stream()
                .map(part -> part.quoted() ? "[" + part.text() + "]" : part.text())
                .collect(Collectors.joining());

        assertThat(marked).isEqualTo(shown);
    }

    @Test
    void theCharactersOfAQuotedPartAreWholeOnes() {
        assertThat(Quotation.parts("“😀é”").getFirst().pieces()).containsExactly("“", "😀", "é", "”");
        assertThat(new Part("😀é", false).pieces()).containsExactly("😀é");
    }

    @Test
    void aLineMayEndInAQuotedPart() {
        assertThat(Quotation.parts("'a\nb'")).isEqualTo(List.of(new Part("'a\nb'", true)));
    }

    /** Eight times the characters take eight times the processor's time; if each were compared with all others, 64 times. */
    @ParameterizedTest
    @ValueSource(strings = {"'", "\"", "‘", "“", "’", "a'", "“‘'\"a", "a b"})
    void thePromptsLengthCountsOnce(String mark) {
        String shorter = mark.repeat(5_000 / mark.length());
        String longer = mark.repeat(40_000 / mark.length());
        assertThat(Quotation.parts(longer).stream().map(Part::text).collect(Collectors.joining()))
                .isEqualTo(longer);
        leastTime(shorter); // compiled from here on

        assertThat(leastTime(longer)).isLessThan(24 * Math.max(leastTime(shorter), SHORTEST_TIME));
    }

    /** Nanoseconds of this thread on a processor, whatever else the machine does. */
    private static long leastTime(String prompt) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return IntStream.range(0, 5)
                .mapToLong(round -> {
                    long before = threads.getCurrentThreadCpuTime();
                    Quotation.parts(prompt);
                    return threads.getCurrentThreadCpuTime() - before;
                })
                .min()
                .orElseThrow();
    }
}
