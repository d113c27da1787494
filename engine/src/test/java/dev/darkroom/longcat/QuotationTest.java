package dev.darkroom.longcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.longcat.Quotation.Part;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a prompt is read character by character: what the reference's own examples hold, and where it goes wrong. */
class QuotationTest {
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

    @Test
    void aPromptOfMarksAloneTakesNoLongerThanOthers() {
        for (String mark : List.of("'", "\"", "‘", "“", "’", "a'", "“‘'\"a")) {
            String prompt = mark.repeat(200_000);
            Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> assertThat(Quotation.parts(prompt).stream()
                                    .map(Part::text)
                                    .collect(Collectors.joining()))
                            .isEqualTo(prompt));
        }
    }
}
