package dev.darkroom.animation.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.job.JobException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CurveTest {
    private static final Span SPAN = new Span(7, 42);

    private static double[] values(String text) {
        return Curve.parse("zoom", text, SPAN).values();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0:(1)|1 1 1 1 1 1 1",
                "0:(0), 6:(3)|0 0.5 1 1.5 2 2.5 3",
                "0:(0), 3:(3)|0 1 2 3 3 3 3",
                "0:(0.), 3:(3)|0 0 0 3 3 3 3",
                "0:(0), 3:(t*10)|0 10 20 30 40 50 60",
                "0:0, 6:3|0 0.5 1 1.5 2 2.5 3",
                "0 : ( 1 ) , 6 : (2)|1 1 1 1 1 1 2",
                "0:(where(t>3,1,2)), 6:(fmod(t,4))|2 2 2 2 1 1 2",
                "0:(1), \"max_f/2\":(4), 'max_f':(1)|1 2 3 4 3 2 1",
                "0:(1), (3):(4)|1 2 3 4 4 4 4",
                "0:(1), s-40:(3)|1 2 3 3 3 3 3",
                "0:(-(.5))|-0.5 -0.5 -0.5 -0.5 -0.5 -0.5 -0.5",
                "0:(1),0:(2)|2 2 2 2 2 2 2",
                "0:(1), 7:(100), -1:(100)|1 1 1 1 1 1 1",
                "0:(1),, 6:(7),|1 2 3 4 5 6 7",
                "0:(1):(5)|1 1 1 1 1 1 1",
                "0:(1, 6:(7|1 2 3 4 5 6 7",
                "0:(sqrt(t-3))|0 0 0 0 1 1.4142135623730951 1.7320508075688772",
                "0:(max_f-t)|6 5 4 3 2 1 0",
                "0:((t>3)*2)|0 0 0 0 2 2 2",
            })
    void frames(String text, String expected) {
        assertThat(values(text))
                .containsExactly(
                        Arrays.stream(expected.split(" ", -1))
                                .mapToDouble(Double::parseDouble)
                                .toArray(),
                        within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|zoom: column 1: a schedule has 1 to 10000 keys",
                "1.5|zoom: column 1: a frame, a colon and a value are expected",
                "0:(1), 5|zoom: column 8: a frame, a colon and a value are expected",
                "3:(5)|zoom: frame 0 has no value: begin with 0:(…)",
                "0:(pi)|zoom: key 0, column 4: unknown name \"pi\"",
                "0:(1), 4:(2 +)|zoom: key 4, column 14: \")\" where a number",
                "0:(1), 4: (t//2)|zoom: key 4, column 14: // is not understood",
                "0:(1), t:(2)|zoom: key t, column 8: unknown name \"t\": known are max_f, s",
                "0:(1), 1.5:(2)|zoom: key 1.5, column 8: a frame is a whole number",
                "0:(1), \"max_g\":(2)|zoom: key \"max_g\", column 9: unknown name \"max_g\"",
                "0:(1), 99999999999:(2)|zoom: key 99999999999, column 8: a frame has at most 31 bits",
                "0:(1), max_f/0:(2)|column 8: a frame has at most 31 bits",
                "0:(), 3:(1)|zoom: key 0, column 4: \")\" where a number",
                "0:|zoom: key 0, column 3: ends where a number",
                "0:(1/t)|zoom: the value of frame 0 is infinite",
                "0:(log(0-1))|zoom: its expressions have no value in any frame",
                "0:(1)(2)|zoom: key 0, column 6: \"(\" where an operator is expected",
            })
    void errorsNameSettingKeyAndColumn(String text, String message) {
        assertThatThrownBy(() -> values(text))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(JobException.Code.BAD_INPUT))
                .hasMessageContaining(message);
    }

    @Test
    void lengthAndKeysAreBounded() {
        String most = IntStream.range(0, 10_000).mapToObj(i -> i + ":(1)").collect(Collectors.joining(","));
        assertThat(values(most)).containsOnly(1);
        assertThatThrownBy(() -> values(most + ",10000:(1)")).hasMessageContaining("1 to 10000 keys");
        assertThatThrownBy(() -> values("0:(" + "(".repeat(200_000)))
                .hasMessageContaining("at most 200000 characters, not 200003");
        assertThatThrownBy(() -> values("0:" + "(".repeat(199_998))).hasMessageContaining("at most 2000 characters");
        assertThatThrownBy(() -> values("(".repeat(199_998) + ":1")).hasMessageContaining("at most 2000 characters");
        assertThatThrownBy(() -> values("0:(" + "9".repeat(1900) + ")")).hasMessageContaining("infinite");
    }

    /** Both splines of a cubic (square) polynomial are that polynomial, however many points they go through. */
    @Test
    void splinesGoThroughManyPoints() {
        String cubes = IntStream.iterate(0, i -> i <= 2000, i -> i + 3)
                .mapToObj(i -> i + ":(" + Math.multiplyExact(i, (long) i * i) + ")")
                .collect(Collectors.joining(", "));
        double[] cubic = Curve.parse("zoom", cubes, new Span(1999, 0)).values(Interpolation.CUBIC);
        for (int i = 0; i < cubic.length; i++) {
            assertThat(cubic[i]).isCloseTo((double) i * i * i, within(1e-9 * Math.max(1, cubic[i])));
        }
        double[] square =
                Curve.parse("zoom", "0:(0), 1:(1), 3:(9), 6:(36)", SPAN).values(Interpolation.QUADRATIC);
        assertThat(square).containsExactly(new double[] {0, 1, 4, 9, 16, 25, 36}, within(1e-12));
    }

    @Test
    void oneFrame() {
        assertThat(Curve.parse("zoom", "0:(3), 5:(4)", new Span(1, 0)).values(Interpolation.CUBIC))
                .containsExactly(3);
    }

    @Test
    void texts() {
        assertThat(TextCurve.parse(
                        "sampler_schedule", "0:(\"Euler a\"), 2:('DPM++ 2M, Karras'), 9:(x)", new Span(4, 0)))
                .containsExactly("Euler a", "Euler a", "DPM++ 2M, Karras", "DPM++ 2M, Karras");
        assertThatThrownBy(() -> TextCurve.parse("sampler_schedule", "1:(Euler)", SPAN))
                .hasMessage("sampler_schedule: frame 0 has no text: begin with 0:(\"…\")");
        assertThatThrownBy(() -> TextCurve.parse("sampler_schedule", "0:(a), q:(b)", SPAN))
                .hasMessageContaining("sampler_schedule: key q, column 8: unknown name");
    }
}
