package dev.darkroom.meta;

import dev.darkroom.meta.Scenario.Brings;
import dev.darkroom.weights.Holding;
import java.util.List;

/** What is run without a card: every family at full size in every way that jobs ask for, and networks split between card and CPU. */
final class Scenarios {
    static final List<Scenario> ALL = List.of(
            Scenario.of("text", "flux.1-dev", 1024, 1024, Brings.PROMPT),
            Scenario.of("text at 512²", "flux.1-dev", 512, 512, Brings.PROMPT),
            Scenario.of("text at 2048²", "flux.1-dev", 2048, 2048, Brings.PROMPT),
            Scenario.of("image to image with true CFG", "flux.1-dev", 1024, 1024, Brings.START)
                    .away("blurry"),
            Scenario.of("LoRA", "flux.1-dev", 1024, 1024, Brings.PROMPT).withLora(),
            Scenario.of("DoRA", "flux.1-dev", 512, 512, Brings.PROMPT).withDora(),
            Scenario.of("planted", "flux.1-dev", 512, 512, Brings.PROMPT).planting("qk_norm_rope"),
            Scenario.of("four at once with LoRA", "flux.1-dev", 256, 256, Brings.PROMPT)
                    .withLora()
                    .asking(4),
            Scenario.of("four at once", "flux.1-fill-dev", 256, 256, Brings.MASK)
                    .asking(4),
            Scenario.of("four at once with CFG", "qwen-image", 256, 256, Brings.PROMPT)
                    .away(" ")
                    .asking(4),
            Scenario.of("edit", "flux.1-kontext-dev", 1024, 1024, Brings.IMAGES),
            Scenario.of("fill", "flux.1-fill-dev", 1024, 1024, Brings.MASK),
            Scenario.of("text with CFG", "qwen-image", 1328, 1328, Brings.PROMPT)
                    .away(" "),
            Scenario.of("edit", "qwen-image-edit", 1024, 1024, Brings.IMAGES),
            Scenario.of("edit with CFG", "qwen-image-edit-2509", 1024, 1024, Brings.IMAGES)
                    .away(" "),
            Scenario.of("two pictures with CFG", "qwen-image-edit-2511", 1024, 1024, Brings.IMAGES)
                    .withPictures(2)
                    .away(" "),
            Scenario.of("text with CFG", "longcat-image", 1024, 1024, Brings.PROMPT)
                    .away(""),
            Scenario.of("edit with CFG", "longcat-image-edit", 1024, 1024, Brings.IMAGES)
                    .away(""),
            Scenario.of("fp8 with CFG", "longcat-image", 1024, 1024, Brings.PROMPT)
                    .inFp8()
                    .away(""),
            Scenario.of("fp8 with a LoRA", "longcat-image-edit", 1024, 1024, Brings.IMAGES)
                    .inFp8()
                    .withLora(),
            Scenario.of("streamed edit with CFG", "longcat-image-edit", 1024, 1024, Brings.IMAGES)
                    .held(Holding.STREAMED)
                    .away(""),
            Scenario.of("LoRA", "qwen-image-edit-2511", 1024, 1024, Brings.IMAGES)
                    .withLora(),
            Scenario.of("fp8", "flux.1-dev", 1024, 1024, Brings.PROMPT).inFp8(),
            Scenario.of("fp8 with a DoRA", "flux.1-dev", 1024, 1024, Brings.PROMPT)
                    .inFp8()
                    .withDora(),
            Scenario.of("fp8 with CFG", "qwen-image-edit-2509", 1024, 1024, Brings.IMAGES)
                    .inFp8()
                    .away(" "),
            Scenario.of("streamed", "flux.1-dev", 1024, 1024, Brings.PROMPT).held(Holding.STREAMED),
            Scenario.of("streamed in part, in fp8, with a DoRA", "flux.1-dev", 1024, 1024, Brings.PROMPT)
                    .held(new Holding.Streamed(20, 3))
                    .inFp8()
                    .withDora(),
            Scenario.of("streamed edit with CFG", "qwen-image-edit-2509", 1024, 1024, Brings.IMAGES)
                    .held(Holding.STREAMED)
                    .away(" "),
            Scenario.of("text", "z-image-turbo", 1024, 1024, Brings.PROMPT),
            Scenario.of("text at 512²", "z-image-turbo", 512, 512, Brings.PROMPT),
            Scenario.of("text at 2048²", "z-image-turbo", 2048, 2048, Brings.PROMPT),
            Scenario.of("four at once with a LoRA", "z-image-turbo", 256, 256, Brings.PROMPT)
                    .withLora()
                    .asking(4),
            Scenario.of("text with CFG", "z-image", 1024, 1024, Brings.PROMPT).away("blurry"),
            Scenario.of("image to image with CFG", "z-image", 1024, 1024, Brings.START)
                    .away("blurry"),
            Scenario.of("repaint", "z-image-turbo", 1024, 1024, Brings.MASK),
            Scenario.of("fp8", "z-image-turbo", 1024, 1024, Brings.PROMPT).inFp8(),
            Scenario.of("fp8 with a DoRA", "z-image-turbo", 1024, 1024, Brings.PROMPT)
                    .inFp8()
                    .withDora(),
            Scenario.of("streamed", "z-image-turbo", 1024, 1024, Brings.PROMPT).held(Holding.STREAMED),
            Scenario.of("text", "flux.2-klein-4b", 1024, 1024, Brings.PROMPT),
            Scenario.of("text at 512²", "flux.2-klein-4b", 512, 512, Brings.PROMPT),
            Scenario.of("text at 2048²", "flux.2-klein-4b", 2048, 2048, Brings.PROMPT),
            Scenario.of("edit", "flux.2-klein-4b", 1024, 1024, Brings.IMAGES),
            Scenario.of("two pictures with a LoRA", "flux.2-klein-4b", 1024, 1024, Brings.IMAGES)
                    .withPictures(2)
                    .withLora(),
            Scenario.of("four at once with a LoRA", "flux.2-klein-4b", 256, 256, Brings.PROMPT)
                    .withLora()
                    .asking(4),
            Scenario.of("edit with CFG", "flux.2-klein-base-4b", 1024, 1024, Brings.IMAGES)
                    .away(""),
            Scenario.of("fp8", "flux.2-klein-4b", 1024, 1024, Brings.PROMPT).inFp8(),
            Scenario.of("fp8 with a DoRA", "flux.2-klein-4b", 1024, 1024, Brings.PROMPT)
                    .inFp8()
                    .withDora(),
            Scenario.of("streamed", "flux.2-klein-4b", 1024, 1024, Brings.PROMPT)
                    .held(Holding.STREAMED),
            Scenario.of("text", "flux.2-klein-9b", 1024, 1024, Brings.PROMPT),
            Scenario.of("text", "flux.2-dev", 1024, 1024, Brings.PROMPT),
            Scenario.of("edit", "flux.2-dev", 1024, 1024, Brings.IMAGES),
            Scenario.of("fp8", "flux.2-dev", 1024, 1024, Brings.PROMPT).inFp8(),
            Scenario.of("fp8 with a LoRA", "flux.2-dev", 1024, 1024, Brings.PROMPT)
                    .inFp8()
                    .withLora(),
            Scenario.of("streamed", "flux.2-dev", 1024, 1024, Brings.PROMPT).held(Holding.STREAMED),
            Scenario.of("LoRA", "pocket-flux", 128, 128, Brings.PROMPT).withLora(),
            Scenario.of("T5 on the CPU", "pocket-flux", 128, 128, Brings.PROMPT).planned("text_encoder_2=cpu"),
            Scenario.of("all but the transformer on the CPU", "pocket-flux", 128, 128, Brings.START)
                    .planned("cpu,transformer=resident"),
            Scenario.of("four at once, all but the transformer on the CPU", "pocket-flux", 128, 128, Brings.START)
                    .planned("cpu,transformer=resident")
                    .asking(4),
            Scenario.of("LoRA, all but the transformer on the CPU", "pocket-flux", 128, 128, Brings.PROMPT)
                    .planned("cpu,transformer=resident")
                    .withLora(),
            Scenario.of("text encoder on the CPU", "pocket-qwen-edit", 128, 128, Brings.IMAGES)
                    .planned("text_encoder=cpu")
                    .away(" "),
            Scenario.of("all but the transformer on the CPU", "pocket-qwen-edit", 128, 128, Brings.IMAGES)
                    .planned("cpu,transformer=resident")
                    .away(" "));

    private Scenarios() {}
}
