package dev.darkroom.engine;

import dev.darkroom.flux.TinyFlux;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.TestJobs;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import dev.darkroom.qwenimage.TinyQwen;
import dev.darkroom.zimage.TinyZImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Every pipeline of every family: a tiny checkpoint of it, and a job that it is made for. */
public enum TinyPipeline {
    FLUX(Brings.NOTHING) {
        @Override
        public Path make(Path folder) throws IOException {
            return small(TestCheckpoints.copy(TinyFlux.DEV, folder));
        }
    },
    FLUX_IMG2IMG(Brings.START) {
        @Override
        public Path make(Path folder) throws IOException {
            return small(TestCheckpoints.copy(TinyFlux.DEV, folder));
        }
    },
    FLUX_KONTEXT(Brings.IMAGE) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyFlux.kontext(folder, SMALL);
        }
    },
    FLUX_FILL(Brings.MASK) {
        @Override
        public Path make(Path folder) throws IOException {
            return small(TinyFlux.fill(folder));
        }
    },
    QWEN_IMAGE(Brings.NOTHING) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyQwen.make(folder, "QwenImagePipeline", SMALL);
        }
    },
    QWEN_IMAGE_EDIT(Brings.IMAGE) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyQwen.make(folder, "QwenImageEditPipeline", SMALL);
        }
    },
    QWEN_IMAGE_EDIT_PLUS(Brings.IMAGE) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyQwen.make(folder, "QwenImageEditPlusPipeline", SMALL);
        }
    },
    LONGCAT_IMAGE(Brings.NOTHING) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyLongCat.image(folder, SMALL);
        }
    },
    LONGCAT_IMAGE_EDIT(Brings.IMAGE) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyLongCat.edit(folder, SMALL);
        }
    },
    FLUX2_KLEIN(Brings.NOTHING) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL);
        }
    },
    FLUX2_KLEIN_EDIT(Brings.IMAGE) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL);
        }
    },
    FLUX2_KLEIN_BASE(Brings.NOTHING) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyFlux2.base(TinyFlux2.make(TinyFlux2.KLEIN, folder, SMALL));
        }
    },
    FLUX2_DEV(Brings.IMAGE) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyFlux2.make(TinyFlux2.DEV, folder, SMALL);
        }
    },
    ZIMAGE(Brings.NOTHING) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyZImage.make(folder, SMALL);
        }
    },
    ZIMAGE_IMG2IMG(Brings.START) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyZImage.make(folder, SMALL);
        }
    },
    ZIMAGE_INPAINT(Brings.MASK) {
        @Override
        public Path make(Path folder) throws IOException {
            return TinyZImage.make(folder, SMALL);
        }

        @Override
        Fit fit() {
            return Fit.ABLE;
        }
    };

    private static final String SMALL = """
            {"size": "64x64", "native_area": 6144, "reference_area": 9216, "condition_area": 4096, "max_sequence_length": 64}""";

    /** What the job of a pipeline brings. */
    private enum Brings {
        NOTHING,
        START,
        IMAGE,
        MASK
    }

    private final Brings brings;

    TinyPipeline(Brings brings) {
        this.brings = brings;
    }

    /** Makes the checkpoint in an empty folder. */
    public abstract Path make(Path folder) throws IOException;

    /** Makes, opens and loads the checkpoint. */
    public ImageModel load(Path folder) throws IOException {
        return LoadedModel.from(make(folder.resolve("checkpoint")));
    }

    private static Path small(Path checkpoint) throws IOException {
        Files.writeString(checkpoint.resolve("darkroom.json"), SMALL);
        return checkpoint;
    }

    /** A job that the pipeline is made for. */
    Job job(Sampling sampling) {
        return switch (brings) {
            case NOTHING -> new Job.TextToImage(TestJobs.PLAIN, sampling);
            case START -> new Job.FromImages(TestJobs.PLAIN, sampling, List.of(""), 1.0);
            case IMAGE -> new Job.FromImages(TestJobs.PLAIN, sampling, List.of(""), null);
            case MASK -> new Job.Fill(TestJobs.PLAIN, sampling, "", "");
        };
    }

    /** The sources of that job. */
    Sources sources(Picture picture) {
        return sources(picture, List.of());
    }

    Sources sources(Picture picture, List<LoraFile> loras) {
        return new Sources(
                brings == Brings.NOTHING ? List.of() : List.of(picture), brings == Brings.MASK ? picture : null, loras);
    }

    /** How well the pipeline suits that job. */
    Fit fit() {
        return Fit.MADE_FOR;
    }

    /** True if its checkpoint is one of text to image, and is warmed up as that. */
    boolean isDrawnByTextToImage() {
        return this == FLUX_IMG2IMG || this == ZIMAGE_IMG2IMG || this == ZIMAGE_INPAINT;
    }

    /** True if its checkpoint draws and edits, and is warmed up with an edit. */
    boolean isWarmedUpWithAPicture() {
        return name().startsWith("FLUX2") || brings != Brings.NOTHING && !isDrawnByTextToImage();
    }

    /** True if its text encoder sees the pictures. */
    boolean readsPictures() {
        return this == LONGCAT_IMAGE_EDIT || !cutsPrompts();
    }

    /** False if a prompt is refused where it is too long, as the reference's own would be for the picture beside it. */
    boolean cutsPrompts() {
        return this != QWEN_IMAGE_EDIT && this != QWEN_IMAGE_EDIT_PLUS;
    }
}
