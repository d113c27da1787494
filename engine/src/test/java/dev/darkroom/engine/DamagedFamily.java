package dev.darkroom.engine;

import static dev.darkroom.engine.Damage.badDefault;
import static dev.darkroom.engine.Damage.emptied;
import static dev.darkroom.engine.Damage.field;
import static dev.darkroom.engine.Damage.fields;
import static dev.darkroom.engine.Damage.misfit;
import static dev.darkroom.engine.Damage.missing;
import static dev.darkroom.engine.Damage.noObject;
import static dev.darkroom.engine.Damage.number;
import static dev.darkroom.engine.Damage.unknownPipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A checkpoint of each family, its networks, and the damages beyond those that any checkpoint may have. */
enum DamagedFamily {
    FLUX(
            "tiny-flux-dev",
            List.of("transformer", "vae", "text_encoder", "text_encoder_2"),
            missing("tokenizer_2/tokenizer.json"),
            emptied("tokenizer", "", "tokenizer.json"),
            emptied("tokenizer_2", "", "tokenizer.json"),
            unknownPipeline("FluxControlPipeline"),
            unknownPipeline("fluxpipeline"),
            field(
                    "model_index.json",
                    "_class_name",
                    "FluxFillPipeline",
                    "transformer/config.json",
                    "FluxFillPipeline needs in_channels 384",
                    "not 64"),
            misfit("transformer", "num_layers", 3, "transformer_blocks.2.", "missing"),
            misfit("transformer", "num_single_layers", 2, "single_transformer_blocks.2.", "not read"),
            number("transformer/config.json", "num_attention_heads", 0),
            number("transformer/config.json", "num_attention_heads", 2_000_000_000),
            number("transformer/config.json", "num_layers", 100_000),
            number("transformer/config.json", "attention_head_dim", 33),
            number("vae/config.json", "latent_channels", -16),
            number("text_encoder/config.json", "hidden_size", 0),
            number("text_encoder_2/config.json", "num_layers", 0)),

    QWEN_IMAGE(
            "tiny-qwen-image-edit",
            List.of("transformer", "vae", "text_encoder"),
            missing("tokenizer/vocab.json", "/tokenizer", "vocab.json"),
            missing("tokenizer/merges.txt", "/tokenizer", "merges.txt"),
            // without its bounds, pictures would be shrunk unasked
            missing("processor/preprocessor_config.json"),
            noObject("processor/preprocessor_config.json", ""),
            unknownPipeline("QwenImageLayeredPipeline"),
            unknownPipeline("qwenimageeditpipeline"),
            misfit("transformer", "num_layers", 3, "transformer_blocks.2.img_mod.1.weight", "missing"),
            misfit("transformer", "num_layers", 1, "transformer_blocks.1.attn.to_q.weight", "not read"),
            misfit("transformer", "num_attention_heads", 2, "img_in.weight", "of another shape"),
            misfit("vae", "base_dim", 6, "encoder.conv_in.weight", "of another shape"),
            misfit("vae", "num_res_blocks", 3, "decoder.up_blocks.0.resnets.3.conv1.weight", "missing"),
            misfit("vae", "num_res_blocks", 1, "decoder.up_blocks.3.resnets.2.norm1.gamma", "not read"),
            misfit(
                    "text_encoder",
                    "text_config.num_hidden_layers",
                    4,
                    "model.layers.3.self_attn.q_proj.weight",
                    "missing"),
            misfit(
                    "text_encoder",
                    "text_config.num_hidden_layers",
                    2,
                    "model.layers.2.mlp.down_proj.weight",
                    "not read"),
            misfit("text_encoder", "text_config.vocab_size", 700, "model.embed_tokens.weight", "of another shape"),
            misfit("text_encoder", "vision_config.depth", 5, "visual.blocks.4.attn.qkv.weight", "missing"),
            number("transformer/config.json", "num_layers", 0),
            number("transformer/config.json", "num_attention_heads", 2_000_000_000),
            number("transformer/config.json", "attention_head_dim", -16),
            field("vae/config.json", "z_dim", 8, "/vae/config.json", "latents_"),
            number("vae/config.json", "base_dim", 2_000_000_000),
            number("vae/config.json", "num_res_blocks", 0),
            number("scheduler/scheduler_config.json", "max_image_seq_len", 1),
            number("processor/preprocessor_config.json", "patch_size", 0),
            badDefault("reference_area", "0"),
            badDefault("reference_area", "1e3"),
            badDefault("condition_area", "-5"),
            // each file is sound in itself, and yet they do not fit each other
            field("transformer/config.json", "joint_attention_dim", 64, "/transformer/config.json", "in_channels"),
            fields(
                    "transformer/config.json",
                    Map.of("in_channels", 32, "out_channels", 8),
                    "/transformer/config.json",
                    "joint_attention_dim"),
            field(
                    "text_encoder/config.json",
                    "vision_config.out_hidden_size",
                    64,
                    "/text_encoder/config.json",
                    "out_hidden_size",
                    "48"),
            field(
                    "text_encoder/config.json",
                    "image_token_id",
                    5,
                    "image_token_id 5 is not the tokenizer's <|image_pad|> 622"),
            field(
                    "processor/preprocessor_config.json",
                    "patch_size",
                    16,
                    "/processor: patch_size, merge_size and temporal_patch_size 16, 2, 2",
                    "14, 2, 2"),
            Damage.of(
                    "a tensor in two shards",
                    checkpoint -> {
                        Path folder = checkpoint.resolve("transformer");
                        Files.copy(
                                folder.resolve("diffusion_pytorch_model-00001-of-00002.safetensors"),
                                folder.resolve("diffusion_pytorch_model-00003.safetensors"));
                        TestCheckpoints.edit(
                                folder.resolve("diffusion_pytorch_model.safetensors.index.json"),
                                index -> index.withObject("weight_map")
                                        .put("img_in.bias", "diffusion_pytorch_model-00003.safetensors"));
                    },
                    "stands in another shard too")),

    LONGCAT(
            "tiny-longcat-image",
            List.of("transformer", "vae", "text_encoder"),
            missing("tokenizer/vocab.json", "/tokenizer", "vocab.json"),
            missing("tokenizer/merges.txt", "/tokenizer", "merges.txt"),
            // without its bounds, pictures would be shrunk unasked
            missing("text_processor/preprocessor_config.json"),
            noObject("text_processor/preprocessor_config.json", ""),
            unknownPipeline("LongCatImageInpaintPipeline"),
            unknownPipeline("longcatimagepipeline"),
            misfit("transformer", "num_layers", 3, "transformer_blocks.2.", "missing"),
            misfit("transformer", "num_single_layers", 2, "single_transformer_blocks.2.", "not read"),
            number("transformer/config.json", "num_attention_heads", 0),
            number("transformer/config.json", "num_layers", 100_000),
            number("vae/config.json", "latent_channels", -16),
            badDefault("reference_area", "0"),
            field("transformer/config.json", "joint_attention_dim", 64, "/transformer/config.json", "in_channels"),
            fields(
                    "transformer/config.json",
                    Map.of("in_channels", 128),
                    "/transformer/config.json",
                    "do not fit the text encoder's width 48 and the vae's tokens of 64"),
            field(
                    "text_encoder/config.json",
                    "image_token_id",
                    5,
                    "image_token_id 5 is not the tokenizer's <|image_pad|> 622"),
            field(
                    "text_processor/preprocessor_config.json",
                    "patch_size",
                    16,
                    "/text_processor: patch_size, merge_size and temporal_patch_size 16, 2, 2",
                    "14, 2, 2")),

    FLUX2_KLEIN(
            "tiny-flux2-klein",
            List.of("transformer", "vae", "text_encoder"),
            unknownPipeline("Flux2KleinKVPipeline"),
            unknownPipeline("Flux2KleinInpaintPipeline"),
            unknownPipeline("flux2pipeline"),
            misfit("transformer", "num_layers", 3, "transformer_blocks.2.attn.to_q.weight", "missing"),
            misfit("transformer", "num_single_layers", 2, "single_transformer_blocks.2.attn.to_out.weight", "not read"),
            misfit("transformer", "num_attention_heads", 2, "x_embedder.weight", "of another shape"),
            misfit("vae", "layers_per_block", 3, "decoder.up_blocks.0.resnets.3.conv1.weight", "missing"),
            number("transformer/config.json", "num_attention_heads", 0),
            number("transformer/config.json", "num_layers", 100_000),
            number("transformer/config.json", "attention_head_dim", 18),
            number("transformer/config.json", "rope_theta", 0),
            number("vae/config.json", "latent_channels", -16),
            number("vae/config.json", "batch_norm_eps", -1),
            badDefault("reference_area", "0"),
            // each file is sound in itself, and yet they do not fit each other
            field(
                    "transformer/config.json",
                    "joint_attention_dim",
                    64,
                    "/transformer/config.json",
                    "joint_attention_dim"),
            field("transformer/config.json", "out_channels", 64, "/transformer/config.json", "out_channels")),

    FLUX2_DEV(
            "tiny-flux2-dev-full",
            List.of("transformer", "vae", "text_encoder"),
            missing("tokenizer/tokenizer.json"),
            number("text_encoder/config.json", "text_config.num_hidden_layers", 29),
            number("text_encoder/config.json", "text_config.hidden_size", 0),
            field(
                    "transformer/config.json",
                    "joint_attention_dim",
                    64,
                    "/transformer/config.json",
                    "joint_attention_dim")),

    ZIMAGE(
            "tiny-zimage",
            List.of("transformer", "vae", "text_encoder"),
            unknownPipeline("ZImageOmniPipeline"),
            unknownPipeline("ZImageControlNetPipeline"),
            unknownPipeline("zimagepipeline"),
            misfit("transformer", "n_layers", 4, "layers.3.attention.to_q.weight", "missing"),
            misfit("transformer", "n_layers", 2, "layers.2.attention.to_q.weight", "not read"),
            misfit("transformer", "n_refiner_layers", 1, "context_refiner.1.feed_forward.w1.weight", "not read"),
            field("transformer/config.json", "dim", 96, "/transformer/config.json", "axes_dims"),
            misfit("text_encoder", "num_hidden_layers", 6, "model.layers.4.mlp.down_proj.weight", "missing"),
            misfit("text_encoder", "num_hidden_layers", 3, "model.layers.3.mlp.down_proj.weight", "not read"),
            number("transformer/config.json", "n_heads", 0),
            number("transformer/config.json", "n_heads", 5),
            number("transformer/config.json", "n_layers", 100_000),
            number("transformer/config.json", "dim", 2_000_000_000),
            number("transformer/config.json", "t_scale", 0),
            badDefault("cfg_normalization", "\"yes\""),
            badDefault("cfg_normalization", "-1"),
            badDefault("cfg_truncation", "1.5"),
            // each file is sound in itself, and yet they do not fit each other
            field("transformer/config.json", "cap_feat_dim", 64, "/transformer/config.json", "cap_feat_dim"),
            field("transformer/config.json", "in_channels", 8, "/transformer/config.json", "in_channels"));

    private final String checkpoint;
    private final List<String> networks;
    private final List<Damage> damages;

    DamagedFamily(String checkpoint, List<String> networks, Damage... damages) {
        this.checkpoint = checkpoint;
        this.networks = networks;
        this.damages = List.of(damages);
    }

    /** A sound checkpoint. */
    Path checkpoint() {
        return TestCheckpoints.GOLDENS.resolve(checkpoint);
    }

    /** The folders of the networks that it loads. */
    List<String> networks() {
        return networks;
    }

    List<Damage> damages() {
        List<Damage> all = new ArrayList<>(ofAnyCheckpoint());
        for (String network : networks) {
            all.add(missing(network + "/config.json"));
            all.add(noObject(network + "/config.json", "null"));
            all.add(emptied(network, ".safetensors", "holds no weights"));
            String weights = lastShard(network);
            all.addAll(Damage.weights(network + "/" + weights));
            if (weights.contains("-of-")) {
                all.add(missing(network + "/" + weights, "/" + network, weights));
            }
        }
        all.addAll(damages);
        return all;
    }

    private static List<Damage> ofAnyCheckpoint() {
        return List.of(
                missing("model_index.json"),
                missing("scheduler/scheduler_config.json"),
                noObject("model_index.json", "{"),
                noObject("model_index.json", "[]"),
                noObject("model_index.json", ""),
                noObject("darkroom.json", "not JSON"),
                noObject("scheduler/scheduler_config.json", "{\"a\": 1, \"a\": 2}"),
                unknownPipeline("StableDiffusionPipeline"),
                unknownPipeline(""),
                badDefault("size", "\"large\""),
                badDefault("size", "\"0x128\""),
                badDefault("size", "\"128\""),
                badDefault("size", "\"16x16\""),
                badDefault("steps", "0"),
                badDefault("steps", "\"many\""),
                badDefault("steps", "4.5"),
                badDefault("steps", "1000"),
                badDefault("guidance_scale", "\"high\""),
                badDefault("true_cfg_scale", "\"high\""),
                badDefault("native_area", "-1"),
                badDefault("max_sequence_length", "0"),
                badDefault("max_sequence_length", "1e9"),
                badDefault("max_sequence_length", "2000"));
    }

    private String lastShard(String network) {
        try (Stream<Path> files = Files.list(checkpoint().resolve(network))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".safetensors"))
                    .max(String::compareTo)
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
