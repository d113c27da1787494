package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Destination;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.Framing;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
            Sampling ask = job.sampling();
            assertThat(ask.prompts()).containsExactly("a red circle");
            assertThat(ask.negativePrompt()).isNull();
            assertThat(job.envelope().model()).isNull();
            assertThat(ask.framing()).isNull();
            assertThat(ask.steps()).isNull();
            assertThat(ask.guidanceScale()).isNull();
            assertThat(ask.trueCfgScale()).isNull();
            assertThat(job.envelope().delivery().format()).isEqualTo(ImageFormat.PNG);
            assertThat(job.envelope().delivery().quality()).isEqualTo(90);
        });
    }

    @Test
    void everyFieldOfTextToImageIsRead() {
        Job.Generation job = job("""
                'prompt': 'p', 'negative_prompt': 'n', 'model': 'm', 'width': 640, 'height': 480, 'num_inference_steps': 7,
                'guidance_scale': 3.5, 'true_cfg_scale': 4, 'seed': 9223372036854775807, 'output_format': 'WebP',
                'output_quality': 55
                """);

        assertThat(job.sampling())
                .isEqualTo(new Sampling(
                        List.of("p"),
                        "n",
                        new Framing.Exact(new Size(640, 480)),
                        7,
                        3.5,
                        4.0,
                        Long.MAX_VALUE,
                        1,
                        Shortcuts.NONE,
                        List.of()));
        assertThat(job.envelope())
                .isEqualTo(
                        new Envelope("m", new Delivery(ImageFormat.WEBP, 55, Return.AUTO, false, 0, null), List.of()));
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
                    assertThat(job.maskPaints()).isEqualTo(MaskPaints.WHITE);
                });
        assertThat(job("'prompt': 'p', 'image': 'AAAA', 'mask': 'BBBB', 'mask_paints': 'Transparent'"))
                .isInstanceOfSatisfying(
                        Job.Fill.class, job -> assertThat(job.maskPaints()).isEqualTo(MaskPaints.TRANSPARENT));
    }

    @Test
    void theEmptyPromptIsAPrompt() {
        assertThat(job("'prompt': ''").sampling().prompts()).containsExactly("");
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
                        .map(i -> job("'prompt': 'p', " + noSeed).sampling().seed()))
                .allSatisfy(seed -> assertThat(seed).isBetween(0L, (1L << 32) - 1))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "7.0, 7", "1e3, 1000", "9007199254740993, 9007199254740993"})
    void aSeedIsKept(String sent, long kept) {
        assertThat(job("'prompt': 'p', 'seed': " + sent).sampling().seed()).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({"png, PNG", "PNG, PNG", "jpeg, JPEG", "jpg, JPEG", "JPG, JPEG", "webp, WEBP"})
    void formatsAreReadInAnyCase(String sent, ImageFormat format) {
        assertThat(job("'prompt': 'p', 'output_format': '" + sent + "'")
                        .envelope()
                        .delivery()
                        .format())
                .isEqualTo(format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"640x480", "640*480", "640×480", " 640 x 480 "})
    void aSizeCanBeOneText(String size) {
        assertThat(job("'prompt': 'p', 'size': '" + size + "'").sampling().framing())
                .isEqualTo(new Framing.Exact(new Size(640, 480)));
    }

    @Test
    void theLimitsThemselvesAreAllowed() {
        assertThat(job("'prompt': '" + "p".repeat(10_000)
                                + "', 'width': 64, 'height': 4096, 'num_inference_steps': 200,"
                                + "'guidance_scale': 100, 'true_cfg_scale': 0, 'output_quality': 1")
                        .sampling()
                        .framing())
                .isEqualTo(new Framing.Exact(new Size(64, 4096)));
        assertThat(job("'prompt': 'p', 'image': 'A', 'strength': 1")).isInstanceOf(Job.FromImages.class);
        assertThat(job("'prompt': 'p', 'size': '2048x2048'").sampling().framing())
                .isEqualTo(new Framing.Exact(new Size(2048, 2048)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'seed': 1                               | prompt: is missing
            'prompt': null                          | prompt: is missing
            'prompt': 7                             | prompt: must be a text, not 7
            'prompt': ['a']                         | prompt: must be a text, not a list
            'prompt': 'p', 'negative_prompt': {}    | negative_prompt: must be a text, not an object
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
            'prompt': 'p', 'output_format': 'gif'   | output_format: must be png, jpeg or webp for pictures, not gif
            'prompt': 'p', 'output_format': 1       | output_format: must be a text, not 1
            'prompt': 'p', 'output_quality': 0      | output_quality: must be from 1 to 100, not 0
            'prompt': 'p', 'output_quality': 4294967386 | output_quality: must be from 1 to 100, not 4294967386
            'prompt': 'p', 'image': 5               | image: must be a text, not 5
            'prompt': 'p', 'image': 'A', 'mask': [] | mask: must be a text, not a list
            'prompt': 'p', 'mask': 'A'              | mask: needs an image
            'prompt': 'p', 'image': 'A', 'mask_paints': 'white' | mask_paints: needs a mask
            'prompt': 'p', 'image': 'A', 'mask': 'A', 'mask_paints': 'black' | mask_paints: must be one of white, transparent, not black
            'prompt': 'p', 'strength': 0.5          | strength: needs an image
            'prompt': 'p', 'image': 'A', 'strength': 0   | strength: must be above 0 and at most 1, not 0
            'prompt': 'p', 'image': 'A', 'strength': 1.5 | strength: must be above 0 and at most 1, not 1.5
            'prompt': 'p', 'image': 'A', 'strength': 'x' | strength: must be a number, not "x"
            'prompt': 'p', 'image': 'A', 'mask': 'A', 'strength': 0.5 | strength: has no effect with a mask
            'prompt': 'p', 'num_steps': 4           | num_steps: is no field of this worker; did you mean steps?
            'prompt': 'p', 'widht': 4               | widht: is no field of this worker; did you mean width?
            'prompt': 'p', 'Prompt': null           | Prompt: is no field of this worker; did you mean prompt?
            'prompt': 'p', 'prompts': ['q']         | prompts: cannot stand beside prompt
            'prompts': []                           | prompts: is empty
            'prompts': 'p'                          | prompts: must be a list of 1 to 10 texts, not one text
            'prompts': ['p', 7]                     | prompts[1]: must be a text, not 7
            'prompt': 'p', 'num_outputs': 0         | num_outputs: must be from 1 to 10, not 0
            'prompt': 'p', 'aspect_ratio': '7:5'    | aspect_ratio: must be one of 1:1,
            'prompt': 'p', 'aspect_ratio': '1:1', 'size': '64x64' | aspect_ratio: cannot stand beside a size
            'prompt': 'p', 'megapixels': 5          | megapixels: must be from 0.01 to 4, not 5
            'prompt': 'p', 'megapixels': 'big'      | megapixels: must be a number, not "big"
            'prompt': 'p', 'match_input_image': true | match_input_image: needs an image
            'prompt': 'p', 'match_input_image': 'yes' | match_input_image: must be true or false, not "yes"
            'prompt': 'p', 'image': 'A', 'images': ['B'] | images: cannot stand beside image
            'prompt': 'p', 'images': ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q'] | images: must be a list of 1 to 16 texts, not 17
            'prompt': 'p', 'image_2': 'B'           | image_2: needs an image before it
            'prompt': 'p', 'images': ['A', 'B'], 'mask': 'C' | mask: goes with one image, not with 2
            'prompt': 'p', 'style': 'noir'          | style: must be one of 3d, artistic,
            'prompt': 'p', 'return': 'mail'         | return: must be one of url, base64, auto, not mail
            'prompt': 'p', 'enable_safety_checker': true | enable_safety_checker: this worker has no safety checker
            'prompt': 'p', 'disable_safety_checker': false | disable_safety_checker: this worker has no safety checker
            'prompt': 'p', 'xyzzy': 1               | xyzzy: is no field of this worker; there are prompt, prompts,
            """, quoteCharacter = '`')
    void aRefusalNamesTheFieldAndItsLimit(String fields, String message) {
        assertThat(refusal(fields)).contains(message);
    }

    @Test
    void whatIsLeftEmptyIsAbsentInEveryOptionalField() {
        Fields fields = new Fields(Limits.STANDARD, Styles.read(Optional.empty()));
        Job plain = job("'prompt': 'p', 'seed': 1");
        for (Field field : fields.all()) {
            if (field.name().equals("prompt")
                    || field.name().equals("negative_prompt")
                    || field.name().equals("seed")) {
                continue;
            }
            List<String> names = new ArrayList<>(field.aliases());
            names.add(field.name());
            for (String name : names) {
                for (String empty : empties(field.type())) {
                    String sent = "'prompt': 'p', 'seed': 1, '" + name + "': " + empty;
                    assertThat(job(sent)).as(sent).isEqualTo(plain);
                }
            }
        }
    }

    private static List<String> empties(Field.Type type) {
        return switch (type) {
            case Field.Texts texts when texts.orBlank() -> List.of("null", "[]");
            case Field.Texts ignored -> List.of("null", "''", "[]", "['']", "[' ', null]");
            case Field.Images ignored -> List.of("null", "''", "[]", "['']", "['  ', null]");
            case Field.Decimals ignored -> List.of("null", "''", "[]", "['']");
            case Field.Loras ignored -> List.of("null", "''", "[]", "['']", "[null]");
            default -> List.of("null", "''", "'  '");
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'guidance_scale': '', 'steps': ' '            |
            'negative_prompt': null                       |
            'image_url_2': '', 'image_3': ' '             |
            'lora_weights': '', 'lora_scale': 0.8         |
            'extra_lora': ' ', 'extra_lora_scale': 0.8    |
            'lora_urls': [''], 'lora_scales': [0.8]       |
            'width': '', 'height': ''                     |
            """, quoteCharacter = '`')
    void emptyFieldsOfFormsAreNoFault(String fields) {
        Job.Generation read = job("'prompt': 'p', 'seed': 1, " + fields);

        assertThat(read).isInstanceOf(Job.TextToImage.class);
        assertThat(read.sampling().loras()).isEmpty();
    }

    @Test
    void emptyPlacesBetweenPicturesAndLorasAreLeftOut() {
        var edit = (Job.FromImages) job("'prompt': 'p', 'images': ['', 'A', null, 'B', ' '], 'loras': ['', 'x', null]");

        assertThat(edit.images()).containsExactly("A", "B");
        assertThat(edit.sampling().loras()).hasSize(1);
    }

    @Test
    void anEmptyPromptBesideAListIsAbsent() {
        assertThat(job("'prompt': ' ', 'prompts': ['a', 'b']").sampling().prompts())
                .containsExactly("a", "b");
        assertThat(job("'prompt': 'a', 'prompts': []").sampling().prompts()).containsExactly("a");
        assertThat(refusal("'prompts': []")).isEqualTo("prompts: is empty");
        assertThat(refusal("'prompt': null")).isEqualTo("prompt: is missing");
    }

    @Test
    void anEmptySeedIsARandomOne() {
        assertThat(job("'prompt': 'p', 'seed': ''").sampling().seed()).isBetween(0L, (1L << 32) - 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                        |
            {}                                                        |
            {'accessId': '', 'accessSecret': ' ', 'bucketName': null} |
            """, quoteCharacter = '`')
    void anEmptyBucketOfTheCallerIsNone(String config) {
        String request = "{'input': {'prompt': 'p'}, 's3Config': " + config + "}";

        assertThat(PAYLOADS.job(JobJson.request(request.replace('\'', '"')))
                        .envelope()
                        .delivery()
                        .destination())
                .isNull();
    }

    @Test
    void aBucketWithoutItsSecretIsToldSo() {
        String request =
                "{'input': {'prompt': 'p'}, 's3Config': {'accessId': 'a', 'accessSecret': '', 'bucketName': 'b',"
                        + " 'endpointUrl': 'https://s3.example.com'}}";

        assertThatThrownBy(() -> PAYLOADS.job(JobJson.request(request.replace('\'', '"'))))
                .hasMessage("s3Config.accessSecret: is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt", "negative_prompt"})
    void aPromptHasALongestLength(String field) {
        String other = field.equals("prompt") ? "" : "'prompt': 'p', ";

        assertThat(refusal(other + "'" + field + "': '" + "p".repeat(10_001) + "'"))
                .isEqualTo(field + ": must have at most 10000 characters, not 10001");
    }

    @Test
    void severalPromptsAndOutputsMakeABatch() {
        Sampling ask = job("'prompts': ['a', 'b'], 'num_outputs': 3, 'seed': 9223372036854775806")
                .sampling();

        assertThat(ask.samples())
                .containsExactly(
                        new Sample(0, 0, "a", Long.MAX_VALUE - 1),
                        new Sample(1, 0, "a", Long.MAX_VALUE),
                        new Sample(2, 0, "a", 0),
                        new Sample(3, 1, "b", Long.MAX_VALUE - 1),
                        new Sample(4, 1, "b", Long.MAX_VALUE),
                        new Sample(5, 1, "b", 0));
    }

    @Test
    void aStyleAddsItsWords() {
        assertThat(job("'prompts': ['a cat', ' a dog '], 'style': 'Cinematic'")
                        .sampling()
                        .prompts())
                .allSatisfy(prompt -> assertThat(prompt).contains(", film still"))
                .satisfies(prompts -> assertThat(prompts.get(1)).startsWith("a dog, "));
    }

    @Test
    void aFileAddsStylesAndReplacesThem(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("styles"), "noir = schwärzer\ncinematic = other\nartistic =\n");
        var payloads = new PayloadReader(Limits.STANDARD, Styles.read(Optional.of(file)), true);

        assertThat(TestJobs.sampling(payloads.job(request("'prompt': 'p', 'style': 'noir'")))
                        .prompts())
                .containsExactly("p, schwärzer");
        assertThat(TestJobs.sampling(payloads.job(request("'prompt': 'p', 'style': 'cinematic'")))
                        .prompts())
                .containsExactly("p, other");
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> payloads.job(request("'prompt': 'p', 'style': 'artistic'")))
                .withMessageContaining("style: must be one of 3d, cinematic, illustration, noir,");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'aspect_ratio': '16:9', 'megapixels': 1         | 1344x768
            'aspect_ratio': '16:9', 'megapixels': '0.25'    | 672x384
            'aspect_ratio': '9:21', 'megapixels': '1'       | 640x1536
            'aspect_ratio': '3:2'                           | 1216x832
            'megapixels': 0.25                              | 512x512
            'width': 640, 'height': 480                     | 640x480
            'image': 'A', 'match_input_image': true         | 300x200
            'image': 'A', 'aspect_ratio': 'match_input_image' | 300x200
            'image': 'A', 'megapixels': 1                   | 1254x836
            'image': 'A', 'aspect_ratio': '1:1'             | 1024x1024
            """, quoteCharacter = '`')
    void aSizeCanBeAskedForInManyWays(String fields, String size) {
        Framing framing = job("'prompt': 'p', " + fields).sampling().framing();

        assertThat(framing).isNotNull();
        assertThat(Objects.requireNonNull(framing).size(new Size(1024, 1024), new Size(300, 200)))
                .hasToString(size);
    }

    @ParameterizedTest
    @CsvSource({
        "steps, num_inference_steps, 7",
        "guidance, guidance_scale, 2.5",
        "cfg_scale, true_cfg_scale, 2.5",
        "num_images, num_outputs, 3",
        "image_format, output_format, 'webp'"
    })
    void otherWorkersNamesAreKnown(String alias, String name, String value) {
        String text = value.equals("webp") ? "'webp'" : value;

        assertThat(job("'prompt': 'p', 'seed': 1, '" + alias + "': " + text))
                .isEqualTo(job("'prompt': 'p', 'seed': 1, '" + name + "': " + text));
        assertThat(refusal("'prompt': 'p', '" + alias + "': " + text + ", '" + name + "': " + text))
                .isEqualTo(name + ": is there as " + alias + " too: send one");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'image': 'A'                                                | A
            'image_url': 'A'                                            | A
            'image_base64': 'A', 'image_base64_2': 'B'                  | A B
            'input_image': 'A', 'image_path_3': 'C', 'image_url_2': 'B' | A B C
            'images': ['A', 'B', 'C']                                   | A B C
            'init_images': ['A']                                        | A
            """, quoteCharacter = '`')
    void imagesComeUnderManyNames(String fields, String images) {
        assertThat(job("'prompt': 'p', " + fields))
                .isInstanceOfSatisfying(
                        Job.FromImages.class,
                        job -> assertThat(String.join(" ", job.images())).isEqualTo(images));
    }

    @Test
    void ofManyUnknownFieldsOnlyTheNumberIsTold() {
        String input = IntStream.range(0, 30)
                .mapToObj(i -> "\"nonsense" + i + "\": 1")
                .collect(Collectors.joining(", ", "{\"prompt\": \"a\", ", "}"));

        assertThatThrownBy(() -> new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true)
                        .job(JobJson.request("{\"input\": " + input + "}")))
                .hasMessageContaining("nonsense14")
                .hasMessageContaining("and 15 more that are no fields of this worker")
                .hasMessageNotContaining("nonsense15");
    }

    @Test
    void aBodyOfCountlessSmallValuesIsRefusedBeforeItIsATree() {
        String body = "{\"input\": {\"prompt\": [" + "0,".repeat(50_000) + "0]}}";

        assertThatThrownBy(() -> JobJson.request(body))
                .isInstanceOfSatisfying(
                        JobException.class, e -> assertThat(e.code()).isEqualTo(JobException.Code.BAD_INPUT));
    }

    @Test
    void unknownFieldsCanBeAMereNote() {
        var lenient = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), false);

        assertThat(lenient.job(request("'prompt': 'p', 'scheduler': 'DDIM'"))
                        .envelope()
                        .notes())
                .singleElement()
                .asString()
                .startsWith("scheduler: is no field of this worker");
    }

    @Test
    void limitsAreTheWorkersOwn() {
        var strict = new PayloadReader(new Limits(1 << 20, 1024, 8, 4, 20), Styles.read(Optional.empty()), true);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(
                        () -> strict.job(
                                request(
                                        "'prompt': 'a prompt longer than it may be', 'num_outputs': 5, 'steps': 9, 'width': 1025, 'height': 64")))
                .withMessageContainingAll(
                        "prompt: must have at most 20 characters, not 30",
                        "num_outputs: prompts × num_outputs must be at most 4 pictures, not 5",
                        "steps: must be from 1 to 8, not 9",
                        "width: must be from 64 to 1024, not 1025");
    }

    @Test
    void theCallersBucketIsRead() {
        String config =
                "{'accessId': 'id', 'accessSecret': 'hidden', 'bucketName': 'b', 'endpointUrl': 'https://s3.example.com'}";
        Job job = PAYLOADS.job(
                JobJson.request(("{'input': {'prompt': 'p'}, 's3Config': " + config + "}").replace('\'', '"')));

        assertThat(job.envelope().delivery().destination())
                .isEqualTo(new Destination(URI.create("https://s3.example.com"), "id", "hidden", "b", ""));
        assertThat(job.toString()).doesNotContain("hidden");
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
                .isThrownBy(() -> JobJson.request(body))
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
                .isThrownBy(() -> JobJson.request(body))
                .withMessageStartingWith("the body is no valid JSON: ")
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    @Test
    void aBottomlessBodyIsRefused() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> JobJson.request("{\"input\": " + "[".repeat(100_000)))
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    @Test
    void aBodyBeyondTheReadersLimitsIsToldThem() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> JobJson.request("{\"input\": " + "[".repeat(2_000)))
                .withMessage(
                        "the body is more than this worker reads: Document nesting depth (1001) exceeds the maximum allowed (1000)");
    }

    @Test
    void aTextMayBeAsLongAsTheBody() {
        int length = 40_000_000;

        assertThat(JobJson.request("{\"input\": {\"image\": \"" + "A".repeat(length) + "\"}}")
                        .at("/input/image")
                        .asText())
                .hasSize(length);
    }

    @Test
    void whatSurroundsTheInputIsLeftAlone() {
        var request =
                JobJson.request("{\"id\": \"x\", \"input\": {\"prompt\": \"p\"}, \"webhook\": \"http://localhost\"}");

        assertThat(TestJobs.sampling(PAYLOADS.job(request)).prompts()).containsExactly("p");
    }

    private static Job.Generation job(String fields) {
        return (Job.Generation) PAYLOADS.job(request(fields));
    }

    private static ObjectNode request(String fields) {
        return JobJson.request("{\"input\": {" + fields.replace('\'', '"') + "}}");
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
        var input = JobJson.object();
        for (int i = 0; i < 10_000; i++) {
            input.put("field" + i, 1);
        }

        var request = JobJson.object();
        request.set("input", input);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> PAYLOADS.job(request))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
    }

    @Test
    void aCallersWordsAreQuotedWithoutLineBreaks() {
        var input = JobJson.object().put("prompt", "a cat").put("output_format", "x\r\nINFO forged" + "y".repeat(1000));

        var request = JobJson.object();
        request.set("input", input);

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> PAYLOADS.job(request))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\n", "\r"));
    }

    @Test
    void aPictureOfTwentyMegabytesIsTaken() {
        String picture = "A".repeat(20 << 20);

        assertThat(PAYLOADS.job(JobJson.request("{\"input\": {\"prompt\": \"\", \"image\": \"" + picture + "\"}}")))
                .isInstanceOf(Job.FromImages.class);
    }
}
