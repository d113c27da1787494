package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.LinearWeight.LowRank;
import dev.darkroom.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PEFT wrote into a file's metadata counts as PEFT reads it; what cannot be read is refused, and what is not understood is told. */
class LoraMetadataTest extends OnTinyFlux {
    private static final String TO_Q = "transformer_blocks.0.attn.to_q";
    private static final String PROJ_OUT = "single_transformer_blocks.1.proj_out";

    /** All pairs have rank 2, so that an alpha of 2 is a factor of 1. */
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            {'transformer.r': 2, 'transformer.lora_alpha': 4} ¦ 2 ¦ 2
            {'transformer.lora_alpha': 4} ¦ 2 ¦ 2
            {'transformer.r': 2} ¦ 4 ¦ 4
            {'transformer.lora_alpha': null} ¦ 1 ¦ 1
            {'text_encoder.lora_alpha': 4} ¦ 1 ¦ 1
            {'transformer.lora_alpha': 0} ¦ 0 ¦ 0
            {'transformer.lora_alpha': -3} ¦ -1.5 ¦ -1.5
            {'transformer.lora_alpha': 4, 'transformer.use_rslora': true} ¦ 2.828427 ¦ 2.828427
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'to_q': 1}} ¦ 0.5 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'attn.to_q': 1, 'to_q': 8, 'proj_out': 16}} ¦ 0.5 ¦ 8
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'to_q': 8, 'attn.to_q': 1}} ¦ 4 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'o_q': 8}} ¦ 2 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'to_': 8}} ¦ 2 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'^transformer_blocks.0.attn.to_q': 8}} ¦ 4 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'^attn.to_q': 8}} ¦ 2 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'transformer_blocks\\\\.\\\\d+\\\\.attn\\\\.to_q': 16}} ¦ 8 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'.*attn.*': 16, '(a|proj_(out|mlp))': 1}} ¦ 8 ¦ 0.5
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'blocks.0.attn.to_q': 16}} ¦ 2 ¦ 2
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'transformer_blocks.0.attn.to_q|proj_out': 16}} ¦ 8 ¦ 8
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'(?P<q>to)_[qk]': 16, 'proj_ou{,1}t': 8}} ¦ 8 ¦ 4
            {'transformer.lora_alpha': 4, 'transformer.alpha_pattern': {'(?P<the_o>o)_q': 1, 't(?P<the_o>o)_q': 16, 'pr(?P<o_1>o)j_(?P=o_1)ut{,}': 8}} ¦ 8 ¦ 4
            {'transformer.lora_alpha': 4, 'transformer.rank_pattern': {'.*': 2}, 'transformer.r': 64} ¦ 2 ¦ 2
            """)
    void alphaIsWhatPeftTakes(String metadata, float toQ, float projOut) {
        try (var scope = Scope.open("test");
                var adapted = attach(metadata)) {
            assertThat(adapted.identity("transformer")).isNotEmpty();
            assertThat(pair(TO_Q).up().toFloats()).containsOnly(toQ);
            assertThat(pair(PROJ_OUT).up().toFloats()).containsOnly(projOut);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            r=4 ¦ is no sound LoRA: lora_adapter_metadata is no valid JSON
            [] ¦ is no sound LoRA: lora_adapter_metadata holds no JSON object
            {'transformer.r': 4} ¦ its transformer_blocks.0.attn.to_q has rank 2, but its metadata says 4
            {'transformer.rank_pattern': {'to_q': 3}} ¦ its transformer_blocks.0.attn.to_q has rank 2, but its metadata says 3
            {'transformer.r': 'two'} ¦ is no sound LoRA: lora_adapter_metadata: transformer.r must be a number, not "two"
            {'transformer.lora_alpha': [1]} ¦ is no sound LoRA: lora_adapter_metadata: transformer.lora_alpha must be a number, not [1]
            {'transformer.lora_alpha': 1e999} ¦ is no sound LoRA: lora_adapter_metadata: transformer.lora_alpha must be a number
            {'transformer.use_rslora': 'yes'} ¦ is no sound LoRA: lora_adapter_metadata: transformer.use_rslora must be true or false, not "yes"
            {'transformer.use_dora': true} ¦ is a DoRA, as its metadata says of its transformer, but holds no lora_magnitude_vector
            {'transformer.alpha_pattern': [1]} ¦ is no sound LoRA: lora_adapter_metadata: transformer.alpha_pattern must be an object
            {'transformer.alpha_pattern': {'to_q': null}} ¦ is no sound LoRA: lora_adapter_metadata: transformer.alpha_pattern to_q must be \
            a number, not null
            {'transformer.alpha_pattern': {'(to_q': 1}} ¦ is no sound LoRA: lora_adapter_metadata: transformer.alpha_pattern (to_q is no \
            regular expression that can be read
            {'transformer.alpha_pattern': {'(?:(?:^){2000000000}){2000000000}': 1}} ¦ is no sound LoRA: lora_adapter_metadata: \
            transformer.alpha_pattern (?:(?:^){2000000000}){2000000000} repeats too much
            {'transformer.alpha_pattern': {'((){40}){40}x': 1}} ¦ is no sound LoRA: lora_adapter_metadata: transformer.alpha_pattern \
            ((){40}){40}x repeats too much
            {'transformer.peft_type': 'LOHA'} ¦ is no sound LoRA: lora_adapter_metadata: transformer.peft_type says that it is a LOHA
            {'transformer.layer_replication': [[0, 4]]} ¦ is no sound LoRA: lora_adapter_metadata: transformer.layer_replication is [[0,4]]
            {'transformer.use_qalora': true} ¦ is no sound LoRA: lora_adapter_metadata: transformer.use_qalora is true
            """)
    void whatCannotBeReadIsRefused(String metadata, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach(metadata))
                .withMessageStartingWith("loras[0]: " + message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
        assertThat(network.linears().values()).allMatch(layer -> layer.lowRank().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '`', textBlock = """
            {'transformer.lora_alpha': 2, 'transformer.alpha_pattern': {'to_x': 1, 'to_q': 4}, 'transformer.rank_pattern': {'^to_q': 9}} ¦ \
            its metadata holds patterns that decide nothing, for no layer or behind another one: transformer.rank_pattern ^to_q, transformer.alpha_pattern to_x
            {'transformer.lora_alpha': 2, 'transformer.novelty': 3, 'r': 4} ¦ \
            its lora_adapter_metadata says what is not understood here and was left out: r, transformer.novelty 3
            {'transformer.lora_alpha': 2, 'transformer.bias': 'all', 'transformer.init_lora_weights': 'pissa'} ¦ \
            its lora_adapter_metadata says what is not understood here and was left out: transformer.bias "all", \
            transformer.init_lora_weights "pissa"
            """)
    void whatHasNoEffectIsTold(String metadata, String note) {
        try (var adapted = attach(metadata)) {
            assertThat(adapted.notes()).containsExactly("loras[0]: " + note);
        }
    }

    @Test
    void whatIsAboutTrainingIsNoNews() {
        try (var adapted = attach(
                "{'transformer.lora_alpha': 2, 'transformer.r': 2, 'transformer.target_modules': ['to_q'],"
                        + " 'transformer.lora_dropout': 0.1, 'transformer.bias': 'none', 'transformer.use_dora': false,"
                        + " 'transformer.peft_type': 'LORA', 'transformer.init_lora_weights': 'gaussian', 'transformer.novelty': null}")) {
            assertThat(adapted.notes()).isEmpty();
        }
    }

    /** Ten ways to part a name, each within each, are more than a day has seconds. */
    @Test
    @Timeout(60)
    void anExpressionThatTakesForEverIsRefused() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach("{'transformer.alpha_pattern': {'" + ".*".repeat(10) + "!': 1}}"))
                .withMessage("loras[0]: " + ".*".repeat(10) + "! takes too long to match");
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach("{'transformer.alpha_pattern': {'" + "(".repeat(9000) + "': 1}}"))
                .withMessageContaining("is a pattern of 9000 characters: at most 2000 are read");
    }

    @Test
    void anAlphaBesideThePairMustAgree() {
        String metadata = "{'transformer.lora_alpha': 4}";
        try (var scope = Scope.open("test");
                var adapted = attach(writer().add(TO_Q + ".alpha", DType.FLOAT32, new long[0], 4), metadata)) {
            assertThat(adapted.notes()).isEmpty();
            assertThat(pair(TO_Q).up().toFloats()).containsOnly(2);
        }
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> attach(writer().add(TO_Q + ".alpha", DType.FLOAT32, new long[0], 1), metadata))
                .withMessage("loras[0]: its " + TO_Q + ".alpha gives the factor 0.5, but its metadata gives 2.0");
    }

    private static LowRank pair(String layer) {
        return Objects.requireNonNull(network.linears().get(layer)).lowRank().orElseThrow();
    }

    private Adapted attach(String metadata) {
        return attach(writer(), metadata);
    }

    /** @param metadata JSON with single quotes */
    private Adapted attach(SafetensorsWriter writer, String metadata) {
        String json = metadata.replace("\\", "\\\\").replace("'", "\\\"");
        Path file = writer.metadata(Map.of("lora_adapter_metadata", json)).write(folder.resolve("lora.bin"));
        return TestLoras.attach(
                loras, "transformer", network, new LoraFile(file, "x" + System.nanoTime(), "my-style", 1));
    }

    private static SafetensorsWriter writer() {
        return new SafetensorsWriter()
                .halves("transformer." + TO_Q, DType.FLOAT32, 2, 48, 48, 1)
                .halves("transformer." + PROJ_OUT, DType.FLOAT32, 2, 240, 48, 1);
    }
}
