package dev.darkroom.depth;

import static dev.darkroom.engine.TestCheckpoints.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DepthConfigTest {
    @Test
    void aFileThatSaysNothingHasTheReferencesDefaults() {
        DepthConfig config = config("{}");

        assertThat(config.backbone())
                .isEqualTo(new Dinov2Config(384, 12, 6, 1536, 518, 14, 1e-6, true, List.of(9, 10, 11, 12), true));
        assertThat(config.factors()).containsExactly(4.0, 2.0, 1.0, 0.5);
        assertThat(config.neckWidths()).containsExactly(48, 96, 192, 384);
        assertThat(config.fusionWidth()).isEqualTo(64);
        assertThat(config.headWidth()).isEqualTo(32);
        assertThat(config.headIndex()).isEqualTo(3);
        assertThat(config.kind()).isEqualTo(DepthKind.RELATIVE);
        assertThat(config.maxDepth()).isEqualTo(1);
    }

    @Test
    void aBackboneThatSaysNothingHasItsOwnDefaults() {
        Dinov2Config backbone = config("{\"reassemble_hidden_size\": 768, \"neck_hidden_sizes\": [8],"
                        + "\"reassemble_factors\": [1], \"backbone_config\": {}}")
                .backbone();

        assertThat(backbone).isEqualTo(new Dinov2Config(768, 12, 12, 3072, 224, 14, 1e-6, true, List.of(12), true));
    }

    /** Names and numbers of the published Large model; one of the two spellings is enough. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"out_indices\": [5, 12, 18, 24]",
                "\"out_features\": [\"stage5\", \"stage12\", \"stage18\", \"stage24\"]",
                "\"out_indices\": null, \"out_features\": [\"stage5\", \"stage12\", \"stage18\", \"stage24\"]",
                "\"out_indices\": [5, 12, 18, 24],"
                        + "\"out_features\": [\"stage5\", \"stage12\", \"stage18\", \"stage24\"]",
                "\"out_indices\": [-20, -13, -7, -1]"
            })
    void stagesAreGivenByNumberOrByName(String stages) {
        Dinov2Config backbone = config(large(stages)).backbone();

        assertThat(backbone.stages()).containsExactly(5, 12, 18, 24);
        assertThat(backbone.mlpWidth()).isEqualTo(4096);
        assertThat(backbone.grid()).isEqualTo(37);
    }

    @Test
    void aMetricModelHasItsLargestDepth() {
        DepthConfig config = config("{\"depth_estimation_type\": \"metric\", \"max_depth\": 80, \"head_in_index\": 1}");

        assertThat(config.kind()).isEqualTo(DepthKind.METRIC);
        assertThat(config.maxDepth()).isEqualTo(80);
        assertThat(config.headIndex()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "'depth_estimation_type': 'absolute'; depth_estimation_type must be relative or metric, not absolute",
                "'model_type': 'dpt'; model_type must be depth_anything",
                "'max_depth': 0; max_depth",
                "'max_depth': 'far'; max_depth",
                "'backbone': 'facebook/dinov2-small'; backbone must be null",
                "'backbone_config': 5; backbone_config must be an object",
                "'use_timm_backbone': true; use_timm_backbone is not supported",
                "'patch_size': 16, 'backbone_config': {'hidden_size': 384, 'out_indices': [3, 6, 9, 12]}; patch_size must be the backbone's, 14",
                "'reassemble_hidden_size': 768; reassemble_hidden_size must be the backbone's hidden_size 384",
                "'reassemble_factors': [4, 2, 1]; reassemble_factors must be as many as neck_hidden_sizes, 4, not 3",
                "'reassemble_factors': [4, 2, 1, 0]; reassemble_factors",
                "'reassemble_factors': [2.5, 2, 1, 0.5]; reassemble_factors",
                "'reassemble_factors': [1000, 2, 1, 0.5]; reassemble_factors",
                "'reassemble_factors': 4; reassemble_factors must be a list",
                "'neck_hidden_sizes': [8, 8, 8], 'reassemble_factors': [2, 1, 0.5]; neck_hidden_sizes",
                "'neck_hidden_sizes': []; neck_hidden_sizes",
                "'fusion_hidden_size': 1; fusion_hidden_size must be at least 2",
                "'head_in_index': 4; head_in_index must be from -4.0 to 3.0",
                "'head_in_index': 0.5; head_in_index must be a whole number",
                "'backbone_config': {'hidden_size': 385}; backbone_config.num_attention_heads must divide",
                "'backbone_config': {'image_size': 13}; backbone_config.image_size",
                "'backbone_config': {'image_size': 70000}; backbone_config.image_size",
                "'backbone_config': {'num_hidden_layers': 2000}; backbone_config.num_hidden_layers",
                "'backbone_config': {'mlp_ratio': 0}; backbone_config.mlp_ratio",
                "'backbone_config': {'model_type': 'swin'}; backbone_config.model_type must be dinov2",
                "'backbone_config': {'use_swiglu_ffn': true}; backbone_config.use_swiglu_ffn is not supported",
                "'backbone_config': {'out_indices': [3, 6, 6, 12]}; backbone_config.out_indices",
                "'backbone_config': {'out_indices': [3, 6, 9, 13]}; from 0 to 12",
                "'backbone_config': {'out_indices': [3, 6, 9.5, 12]}; backbone_config.out_indices",
                "'backbone_config': {'out_indices': 12}; backbone_config.out_indices must be a list",
                "'backbone_config': {'out_features': ['stage1', 'stage13']}; backbone_config.out_features",
                "'backbone_config': {'out_features': ['stage2', 'stage1']}; backbone_config.out_features",
                "'backbone_config': {'out_features': ['stage2'], 'out_indices': [3]}; of out_indices [3]",
            })
    void whatDoesNotFitIsRefusedByName(String fields, String words) {
        assertRefused(() -> config("{" + fields.replace('\'', '"') + "}"), "config.json: ", words);
    }

    private static String large(String stages) {
        return "{\"reassemble_hidden_size\": 1024, \"backbone_config\": {\"hidden_size\": 1024, \"image_size\": 518,"
                + "\"num_attention_heads\": 16, \"num_hidden_layers\": 24, " + stages + "}}";
    }

    private static DepthConfig config(String json) {
        return DepthConfig.read(ConfigFile.parse("config.json", json));
    }
}
