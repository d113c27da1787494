package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.credentials.key.PlainText;
import dev.darkroom.image.manifest.EmbeddedManifest;
import java.util.List;
import java.util.Optional;

/**
 * Reads and checks the content credentials of files from anywhere. Nothing is thrown for those that are damaged or hostile, and what they
 * may cost is bounded: sizes, depths, and numbers of boxes, manifests, ingredients and certificates. Safe for several threads.
 */
public final class CredentialsReader {
    private static final int LARGEST_STORE = 16 << 20;
    private static final int MOST_MANIFESTS = 200;

    /** Pictures before that are asked how they came about: each has been encoded anew. */
    private static final int MOST_ANCESTORS = 20;

    private final Anchors anchors;

    public CredentialsReader(Anchors anchors) {
        this.anchors = anchors;
    }

    /** Reads the credentials of a file; empty if it has none. */
    public Optional<Credentials> read(byte[] file) {
        return EmbeddedManifest.find(file).map(embedded -> read(file, embedded));
    }

    private Credentials read(byte[] file, EmbeddedManifest embedded) {
        var findings = new Findings();
        try {
            if (!embedded.sound()) {
                findings.failure(
                        "manifest.multipleManifests",
                        "",
                        "the file has more than one set of credentials, or what holds them is damaged");
            }
            SuperBox store = store(embedded.store());
            List<SuperBox> manifests = manifests(store);
            return checked(file, embedded, store, manifests, findings);
        } catch (DamagedBoxException e) {
            findings.failure("claim.cbor.invalid", "", String.valueOf(e.getMessage()));
            return Credentials.unreadable(findings);
        }
    }

    private static SuperBox store(byte[] bytes) throws DamagedBoxException {
        if (bytes.length > LARGEST_STORE) {
            throw new DamagedBoxException("they are larger than " + (LARGEST_STORE >> 20) + " MB");
        }
        SuperBox store = SuperBox.read(bytes);
        if (!store.is(BoxKind.STORE) || !store.label().equals("c2pa")) {
            throw new DamagedBoxException("they are no manifest store");
        }
        return store;
    }

    private static List<SuperBox> manifests(SuperBox store) throws DamagedBoxException {
        List<SuperBox> manifests = store.boxes();
        if (manifests.isEmpty() || manifests.size() > MOST_MANIFESTS) {
            throw new DamagedBoxException("they have no manifest, or more than " + MOST_MANIFESTS);
        }
        for (SuperBox manifest : manifests) {
            if (!manifest.is(BoxKind.MANIFEST) && !manifest.is(BoxKind.UPDATE_MANIFEST)) {
                throw new DamagedBoxException("they have something else than manifests among those");
            }
        }
        long labels = manifests.stream().map(SuperBox::label).distinct().count();
        if (labels < manifests.size()) {
            throw new DamagedBoxException("two of their manifests have one name");
        }
        return manifests;
    }

    private Credentials checked(
            byte[] file, EmbeddedManifest embedded, SuperBox store, List<SuperBox> manifests, Findings findings)
            throws DamagedBoxException {
        SuperBox active = manifests.getLast();
        Claim claim = Claim.read(store, active);
        var signatures = new SignatureCheck(anchors);
        SignatureCheck.Signer signer = signatures.check(claim, findings);
        List<SuperBox> assertions = claim.assertions(findings);
        BoundManifest bound = BoundManifest.of(claim, assertions, findings);
        long unsigned = FileBinding.check(file, embedded, bound, findings);
        var check = new IngredientCheck(store, signatures);
        List<Credentials.Ingredient> ingredients = check.check(claim, assertions, findings);
        if (active.is(BoxKind.UPDATE_MANIFEST) && !ingredients.stream().allMatch(Credentials.Ingredient::valid)) {
            findings.failure("manifest.update.wrongParents", claim.url(""), "what they add to does not hold");
        }
        boolean trusted = signer.trusted() && bound.earlier().stream().allMatch(check::isTrusted);
        Actions.Making making = making(bound, assertions, check, trusted);
        return new Credentials(
                findings,
                trusted,
                signer.name(),
                signer.issuer(),
                signer.time(),
                claim.generator(),
                making.model(),
                making.sourceType(),
                unsigned,
                ingredients,
                findings.concernOnly(FileBinding.CODES) ? check.reached(active) : List.of());
    }

    /**
     * Finds out how the picture came about: of the file's own manifest and those that it adds to, or of the one before where these only say
     * that the same picture was encoded anew. Whoever signed that one must be trusted as much as the file's own signer.
     */
    private static Actions.Making making(
            BoundManifest bound, List<SuperBox> assertions, IngredientCheck check, boolean trusted)
            throws DamagedBoxException {
        Actions actions = Actions.read(bound.assertions());
        Actions.Making making = (bound.added() ? actions.and(Actions.read(assertions)) : actions).making();
        Claim claim = bound.claim();
        List<SuperBox> of = bound.assertions();
        for (int i = 0; making.sourceType().isEmpty() && i < MOST_ANCESTORS; i++) {
            Optional<Claim> parent = BoundManifest.parent(claim, of)
                    .filter(found -> check.isValid(found.manifest()))
                    .filter(found -> !trusted || check.isTrusted(found.manifest()));
            if (parent.isEmpty()) {
                break;
            }
            claim = parent.get();
            of = claim.assertions(new Findings());
            making = Actions.read(of).making();
        }
        return making;
    }

    /** Shortens what a stranger wrote to what people read. */
    static String text(JsonNode node) {
        return PlainText.of(node.isTextual() ? node.asText() : "");
    }
}
