package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.Ask;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Framing;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Return;
import dev.darkroom.job.Size;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a payload may say, and what a caller reads when it says something else. */
class PayloadTest {
    private static final PayloadReader PAYLOADS =
            new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);

    @Test
    void aPromptIsEnough() {
        assertThat(job("'prompt': 'a red circle'")).isInstanceOfSatisfying(Job.TextToImage.class, job -> {
            Ask ask = job.ask();
            assertThat(ask.prompts()).containsExactly("a red circle");
            assertThat(ask.negativePrompt()).isNull();
            assertThat(ask.model()).isNull();
            assertThat(ask.framing()).isNull();
            assertThat(ask.steps()).isNull();
            assertThat(ask.guidanceScale()).isNull();
            assertThat(ask.trueCfgScale()).isNull();
            assertThat(ask.delivery().format()).isEqualTo(ImageFormat.PNG);
            assertThat(ask.delivery().quality()).isEqualTo(90);
        });
    }

    @Test
    void everyFieldOfTextToImageIsRead() {
        Ask ask = job("""
                'prompt': 'p', 'negative_prompt': 'n', 'model': 'm', 'width': 640, 'height': 480, 'num_inference_steps': 7,
                'guidance_scale': 3.5, 'true_cfg_scale': 4, 'seed': 9223372036854775807, 'output_format': 'WebP',
                'output_quality': 55
                """).ask();

        assertThat(ask)
                .isEqualTo(new Ask(
                        "m",
                        List.of("p"),
                        "n",
                        new Framing.Exact(new Size(640, 480)),
                        7,
                        3.5,
                        4.0,
                        Long.MAX_VALUE,
                        1,
                        false,
                        new Delivery(ImageFormat.WEBP, 55, Return.AUTO, false, null),
                        List.of()));
    }

    @Test
    void aSourceImageMakesImageToImage() {
        assertThat(job("'prompt': 'p', 'image': 'AAAA', 'strength': 0.25"))
                .isInstanceOfSatisfying(Job.FromImages.class, job -> {
                    assertThat(job.images()).containsExactly("AAAA");
                    assertThat(job.strength()).isEqualTo(0.25);
                });
    }

    @Test
    void theStrengthMayBeLeftOut() {
        assertThat(job("'prompt': 'p', 'image': 'AAAA'"))
                .isInstanceOfSatisfying(
                        Job.FromImages.class, job -> assertThat(job.strength()).isNull());
    }

    @Test
    void aMaskMakesFill() {
        assertThat(job("'prompt': 'p', 'image': 'AAAA', 'mask': 'BBBB'"))
                .isInstanceOfSatisfying(Job.Fill.class, job -> {
                    assertThat(job.image()).isEqualTo("AAAA");
                    assertThat(job.mask()).isEqualTo("BBBB");
                });
    }

    @Test
    void theEmptyPromptIsAPrompt() {
        assertThat(job("'prompt': ''").ask().prompts()).containsExactly("");
    }

    @Test
    void nullMeansAbsent() {
        Job job = job("""
                'prompt': 'p', 'negative_prompt': null, 'model': null, 'width': null, 'height': null, 'size': null,
                'num_inference_steps': null, 'guidance_scale': null, 'true_cfg_scale': null, 'seed': 1,
                'output_format': null, 'output_quality': null, 'image': null, 'mask': null, 'strength': null
                """);

        assertThat(job).isEqualTo(job("'prompt': 'p', 'seed': 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'seed': null", "'seed': -1", "'model': null"})
    void withoutASeedOneIsChosen(String noSeed) {
        assertThat(LongStream.range(0, 20)
                        .map(i -> job("'prompt': 'p', " + noSeed).ask().seed()))
                .allSatisfy(seed -> assertThat(seed).isBetween(0L, (1L << 32) - 1))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "7.0, 7", "1e3, 1000", "9007199254740993, 9007199254740993"})
    void aSeedIsKept(String sent, long kept) {
        assertThat(job("'prompt': 'p', 'seed': " + sent).ask().seed()).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({"png, PNG", "PNG, PNG", "jpeg, JPEG", "jpg, JPEG", "JPG, JPEG", "webp, WEBP"})
    void formatsAreReadInAnyCase(String sent, ImageFormat format) {
        assertThat(job("'prompt': 'p', 'output_format': '" + sent + "'")
                        .ask()
                        .delivery()
                        .format())
                .isEqualTo(format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"640x480", "640*480", "640×480", " 640 x 480 "})
    void aSizeCanBeOneText(String size) {
        assertThat(job("'prompt': 'p', 'size': '" + size + "'").ask().framing())
                .isEqualTo(new Framing.Exact(new Size(640, 480)));
    }

    @Test
    void theLimitsThemselvesAreAllowed() {
        assertThat(job("'prompt': '" + "p".repeat(10_000)
                                + "', 'width': 64, 'height': 4096, 'num_inference_steps': 200,"
                                + "'guidance_scale': 100, 'true_cfg_scale': 0, 'output_quality': 1")
                        .ask()
                        .framing())
                .isEqualTo(new Framing.Exact(new Size(64, 4096)));
        assertThat(job("'prompt': 'p', 'image': 'A', 'strength': 1")).isInstanceOf(Job.FromImages.class);
        assertThat(job("'prompt': 'p', 'size': '2048x2048'").ask().framing())
                .isEqualTo(new Framing.Exact(new Size(2048, 2048)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'seed': 1                               | prompt: is missing
            'prompt': null                          | prompt: is missing
            'prompt': 7                             | prompt: must be a text, not 7
            'prompt': ['a']                         | prompt: must be a text, not ["a"]
            'prompt': 'p', 'negative_prompt': {}    | negative_prompt: must be a text, not {}
            'prompt': 'p', 'model': 3               | model: must be a text, not 3
            'prompt': 'p', 'width': 63, 'height': 64    | width: must be from 64 to 4096, not 63
            'prompt': 'p', 'width': 64, 'height': 4097  | height: must be from 64 to 4096, not 4097
            'prompt': 'p', 'width': -64, 'height': 64   | width: must be from 64 to 4096, not -64
            'prompt': 'p', 'width': 4294967360, 'height': 64 | width: must be from 64 to 4096, not 4294967360
            'prompt': 'p', 'width': 4096, 'height': 4096 | must be at most 4194304 pixels, not 16777216
            'prompt': 'p', 'width': 512             | height: is missing, width is there
            'prompt': 'p', 'height': 512            | width: is missing, height is there
            'prompt': 'p', 'width': '512', 'height': 512 | width: must be a whole number, not "512"
            'prompt': 'p', 'width': 512.5, 'height': 512 | width: must be a whole number, not 512.5
            'prompt': 'p', 'width': true, 'height': 512  | width: must be a whole number, not true
            'prompt': 'p', 'size': 512              | size: must be a text, not 512
            'prompt': 'p', 'size': 'large'          | size: must be such as 1024x768
            'prompt': 'p', 'size': '0x0'            | size: must be such as 1024x768
            'prompt': 'p', 'size': '63x64'          | width: must be from 64 to 4096, not 63
            'prompt': 'p', 'size': '99999x99999'    | height: must be from 64 to 4096, not 99999
            'prompt': 'p', 'size': '640x480', 'width': 640 | size: cannot stand beside width and height
            'prompt': 'p', 'num_inference_steps': 0     | num_inference_steps: must be from 1 to 200, not 0
            'prompt': 'p', 'num_inference_steps': 201   | num_inference_steps: must be from 1 to 200, not 201
            'prompt': 'p', 'num_inference_steps': 4294967300 | num_inference_steps: must be from 1 to 200, not 4294967300
            'prompt': 'p', 'num_inference_steps': 4.5   | num_inference_steps: must be a whole number, not 4.5
            'prompt': 'p', 'num_inference_steps': 1e400 | num_inference_steps: must be a whole number
            'prompt': 'p', 'guidance_scale': -1     | guidance_scale: must be from 0 to 100, not -1
            'prompt': 'p', 'guidance_scale': '3.5'  | guidance_scale: must be a number, not "3.5"
            'prompt': 'p', 'guidance_scale': 1e400  | guidance_scale: must be a number
            'prompt': 'p', 'guidance_scale': 'NaN'  | guidance_scale: must be a number, not "NaN"
            'prompt': 'p', 'true_cfg_scale': 101    | true_cfg_scale: must be from 0 to 100, not 101
            'prompt': 'p', 'true_cfg_scale': -1e400 | true_cfg_scale: must be a number
            'prompt': 'p', 'seed': -2               | seed: must be from 0 to 9223372036854775807, not -2
            'prompt': 'p', 'seed': 1.5              | seed: must be a whole number, not 1.5
            'prompt': 'p', 'seed': '7'              | seed: must be a whole number, not "7"
            'prompt': 'p', 'seed': 9223372036854775808  | seed: must be a whole number, not 9223372036854775808
            'prompt': 'p', 'seed': 1e400            | seed: must be a whole number
            'prompt': 'p', 'output_format': 'gif'   | output_format: must be one of png, jpeg, webp, jpg, not gif
            'prompt': 'p', 'output_format': 1       | output_format: must be a text, not 1
            'prompt': 'p', 'output_quality': 0      | output_quality: must be from 1 to 100, not 0
            'prompt': 'p', 'output_quality': 4294967386 | output_quality: must be from 1 to 100, not 4294967386
            'prompt': 'p', 'image': 5               | image: must be a text, not 5
            'prompt': 'p', 'image': 'A', 'mask': [] | mask: must be a text, not []
            'prompt': 'p', 'mask': 'A'              | mask: needs an image
            'prompt': 'p', 'strength': 0.5          | strength: needs an image
            'prompt': 'p', 'image': 'A', 'strength': 0   | strength: must be above 0 and at most 1, not 0
            'prompt': 'p', 'image': 'A', 'strength': 1.5 | strength: must be above 0 and at most 1, not 1.5
            'prompt': 'p', 'image': 'A', 'strength': 'x' | strength: must be a number, not "x"
            'prompt': 'p', 'image': 'A', 'mask': 'A', 'strength': 0.5 | strength: has no effect with a mask
            'prompt': 'p', 'num_steps': 4           | num_steps: is no field of this worker; did you mean steps?
            'prompt': 'p', 'widht': 4               | widht: is no field of this worker; did you mean width?
            'prompt': 'p', 'Prompt': null           | Prompt: is no field of this worker; did you mean prompt?
            'prompt': 'p', 'xyzzy': 1               | xyzzy: is no field of this worker; there are prompt, prompts,
            """, quoteCharacter = '`')
    void aRefusalNamesTheFieldAndItsLimit(String fields, String message) {
        assertThat(refusal(fields)).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "negative_prompt"})
    void aPromptHasALongestLength(String field) {
        String other = field.equals("prompt") ? "" : "'prompt': 'p', ";

        assertThat(refusal(other + "'" + field + "': '" + "p".repeat(10_001) + "'"))
                .isEqualTo(field + ": must have at most 10000 characters, not 10001");
    }

    @Test
    void allFaultsAreInOneMessage() {
        assertThat(refusal("""
                'negative_prompt': 1, 'widht': 512, 'width': 5, 'height': 9999, 'num_inference_steps': 0, 'guidance_scale': -1,
                'true_cfg_scale': 'x', 'seed': -5, 'output_format': 'bmp', 'output_quality': 1000, 'mask': 'A', 'strength': 7
                """))
                .contains(
                        "prompt: is missing",
                        "negative_prompt: must be a text",
                        "widht: is no field",
                        "width: must be from",
                        "height: must be from",
                        "num_inference_steps: must be from",
                        "guidance_scale: must be from",
                        "true_cfg_scale: must be a number",
                        "seed: must be from",
                        "output_format: must be one of",
                        "output_quality: must be from",
                        "mask: needs an image",
                        "strength: needs an image",
                        "strength: has no effect with a mask",
                        "strength: must be above 0");
    }

    @Test
    void eachFaultIsNamedOnce() {
        assertThat(refusal("'prompt': 'p', 'image': 'A', 'strength': 7, 'width': 5, 'height': 64"))
                .isEqualTo("width: must be from 64 to 4096, not 5; strength: must be above 0 and at most 1, not 7.0");
    }

    @Test
    void aLongValueIsNotEchoedWhole() {
        assertThat(refusal("'prompt': 'p', 'seed': '" + "9".repeat(5_000) + "'"))
                .hasSizeLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "null",
                "[]",
                "7",
                "\"text\"",
                "{}",
                "{\"input\": null}",
                "{\"input\": []}",
                "{\"input\": \"a red circle\"}",
                "{\"prompt\": \"a red circle\"}"
            })
    void aBodyWithoutAnInputObjectIsRefused(String body) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> Json.request(body))
                .withMessageStartingWith("input: must be an object")
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"input\": {\"prompt\": \"p\"}",
                "{'input': {}}",
                "{\"input\": {\"guidance_scale\": NaN}}",
                "{\"input\": {\"prompt\": \"p\"}} trailing",
                "{\"input\": {\"prompt\": \"p\"}} {}",
                "{\"input\": {\"prompt\": \"a\", \"prompt\": \"b\"}}",
                "{\"input\": {}, \"input\": {}}",
                "{\"input\": {\"prompt\": \"line\nbreak\"}}",
                "prompt=a+red+circle"
            })
    void whatIsNoJsonIsRefused(String body) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> Json.request(body))
                .withMessageStartingWith("the body is no valid JSON: ")
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    @Test
    void aBottomlessBodyIsRefused() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> Json.request("{\"input\": " + "[".repeat(100_000)))
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    @Test
    void whatSurroundsTheInputIsLeftAlone() {
        var request =
                Json.request("{\"id\": \"x\", \"input\": {\"prompt\": \"p\"}, \"webhook\": \"http://localhost\"}");

        assertThat(PAYLOADS.job(request).ask().prompts()).containsExactly("p");
    }

    private static Job job(String fields) {
        return PAYLOADS.job(Json.request("{\"input\": {" + fields.replace('\'', '"') + "}}"));
    }

    private static String refusal(String fields) {
        try {
            return "accepted: " + job(fields);
        } catch (JobException e) {
            assertThat(e.code()).isEqualTo(JobException.Code.BAD_INPUT);
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void aMessageStaysShortHoweverManyFaultsThereAre() {
        var input = Json.object();
        for (int i = 0; i < 10_000; i++) {
            input.put("field" + i, 1);
        }

        var request = Json.object();
        request.set("input", input);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> PAYLOADS.job(request))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
    }

    @Test
    void aCallersWordsAreQuotedWithoutLineBreaks() {
        var input = Json.object().put("prompt", "a cat").put("output_format", "x\r\nINFO forged" + "y".repeat(1000));

        var request = Json.object();
        request.set("input", input);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> PAYLOADS.job(request))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\n", "\r"));
    }

    @Test
    void aPictureOfTwentyMegabytesIsTaken() {
        String picture = "A".repeat(20 << 20);

        assertThat(PAYLOADS.job(Json.request("{\"input\": {\"prompt\": \"\", \"image\": \"" + picture + "\"}}")))
                .isInstanceOf(Job.FromImages.class);
    }
}
