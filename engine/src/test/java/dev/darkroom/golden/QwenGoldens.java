package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.qwenimage.Dimensions;
import dev.darkroom.qwenimage.QwenImageNetworks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The goldens of Qwen-Image. */
final class QwenGoldens {
    static final GoldenFamily FAMILY = new GoldenFamily(
            "qwen",
            Pattern.compile("\\bQwenImage(Edit|EditPlus|)Pipeline\\b|\\bQwenImageTransformer2DModel\\b"),
            "QwenImage",
            "qwen",
            Map.of(
                    "tokenizers",
                    QwenTextGoldens::tokenizers,
                    "image_processor",
                    QwenTextGoldens::imageProcessor,
                    "vision",
                    file -> file.network("text_encoder", QwenTextGoldens::encoder, QwenTextGoldens::vision),
                    "llm",
                    file -> file.network("text_encoder", QwenTextGoldens::encoder, QwenTextGoldens::llm),
                    "scheduler",
                    GoldenFamily::schedules,
                    "sizes",
                    QwenGoldens::sizes,
                    "vae_decode",
                    file -> file.network("vae", QwenImageNetworks::vae, NetworkGoldens::decode),
                    "vae_encode",
                    file -> file.network("vae", QwenImageNetworks::vae, NetworkGoldens::encode),
                    "transformer",
                    QwenNetworkGoldens::transformer,
                    "pipeline",
                    file -> file.pipeline(QwenPipelineGoldens::compare)));

    private QwenGoldens() {}

    private static List<Comparison> sizes(GoldenFile file) {
        JsonNode rules = file.json();
        List<Comparison> results = new ArrayList<>(QwenTextGoldens.smartResize(rules.path("smart_resize")));
        for (JsonNode row : rules.path("calculate_dimensions")) {
            results.add(Comparison.equal(
                    row.path("target_area") + " in " + row.path("ratio_wh"),
                    Dimensions.of(row.path("target_area").asLong(), GoldenValues.size(row.path("ratio_wh"))),
                    GoldenValues.size(row.path("out_wh"))));
        }
        return results;
    }
}
