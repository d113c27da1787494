package dev.darkroom.text;

import dev.darkroom.checkpoint.ConfigKeys;

/** Keys that transformers writes into the config of any model, and that say nothing about its numbers. */
public final class TransformersKeys {
    private static final String[] REMARKS = {
        "transformers_version",
        "torch_dtype",
        "dtype",
        "name_or_path",
        "task_specific_params",
        "id2label",
        "label2id",
        "num_labels",
        "problem_type",
        "finetuning_task",
        "prefix",
        "tokenizer_class",
        "torchscript",
        "return_dict",
        "output_hidden_states",
        "output_attentions",
        "use_bfloat16",
        "pruned_heads",
        "use_return_dict",
        "tf_legacy_loss",
        "auto_map",
        "attn_implementation"
    };
    private static final String[] TRAINING = {
        "initializer_range",
        "initializer_factor",
        "dropout",
        "dropout_rate",
        "attention_dropout",
        "classifier_dropout",
        "hidden_dropout",
        "gradient_checkpointing",
        "chunk_size_feed_forward"
    };
    private static final String[] WRITING = {
        "use_cache",
        "bos_token_id",
        "pad_token_id",
        "sep_token_id",
        "decoder_start_token_id",
        "forced_bos_token_id",
        "forced_eos_token_id",
        "max_length",
        "min_length",
        "do_sample",
        "early_stopping",
        "num_beams",
        "num_beam_groups",
        "diversity_penalty",
        "temperature",
        "top_k",
        "top_p",
        "typical_p",
        "repetition_penalty",
        "length_penalty",
        "no_repeat_ngram_size",
        "encoder_no_repeat_ngram_size",
        "bad_words_ids",
        "num_return_sequences",
        "output_scores",
        "return_dict_in_generate",
        "remove_invalid_values",
        "exponential_decay_length_penalty",
        "suppress_tokens",
        "begin_suppress_tokens",
        "add_cross_attention",
        "cross_attention_hidden_size",
        "tie_encoder_decoder",
        "is_encoder_decoder",
        "output_past"
    };

    /** The keys themselves. */
    public static final ConfigKeys ANY = ConfigKeys.of("any config of transformers")
            .ignores("remarks of the library", REMARKS)
            .ignores("for training alone", TRAINING)
            .ignores("for writing words, which is not done", WRITING);

    private TransformersKeys() {}

    /** Names a kind of config with these keys already known. */
    static ConfigKeys of(String file) {
        return ANY.named(file);
    }
}
