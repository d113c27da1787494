package dev.darkroom.credentials.reading;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was found out about credentials, in C2PA's codes. */
public final class Findings {
    /** Most findings that are kept: enough to say what is wrong. */
    private static final int MOST = 100;

    private final List<Finding> successes = new ArrayList<>();
    private final List<Finding> remarks = new ArrayList<>();
    private final List<Finding> failures = new ArrayList<>();

    /**
     * One finding.
     *
     * @param code as C2PA names it
     * @param url of the box that it is about
     * @param explanation for people
     */
    public record Finding(String code, String url, String explanation) {
        Map<String, Object> cbor() {
            Map<String, Object> cbor = new LinkedHashMap<>();
            cbor.put("code", code);
            cbor.put("url", url);
            cbor.put("explanation", explanation);
            return cbor;
        }
    }

    /** Notes that something is as it should be. */
    void success(String code, String url, String explanation) {
        add(successes, code, url, explanation);
    }

    /** Notes something that makes the credentials neither better nor worse. */
    void remark(String code, String url, String explanation) {
        add(remarks, code, url, explanation);
    }

    /** Notes that something is not as it should be. */
    void failure(String code, String url, String explanation) {
        add(failures, code, url, explanation);
    }

    private static void add(List<Finding> findings, String code, String url, String explanation) {
        if (findings.size() < MOST) {
            findings.add(new Finding(code, url, explanation));
        }
    }

    /** Returns what is not as it should be; an untrusted signer is not among it. */
    public List<Finding> failures() {
        return List.copyOf(failures);
    }

    /** Returns what makes the credentials neither better nor worse. */
    public List<Finding> remarks() {
        return List.copyOf(remarks);
    }

    /** Returns true if all is as it should be. */
    public boolean valid() {
        return failures.isEmpty();
    }

    /** Returns true if nothing is wrong but what these codes say. */
    boolean concernOnly(Set<String> codes) {
        return failures.stream().map(Finding::code).allMatch(codes::contains);
    }

    /** Returns what is written of these into a new picture's credentials. */
    public Map<String, Object> cbor() {
        Map<String, Object> cbor = new LinkedHashMap<>();
        cbor.put("success", successes.stream().map(Finding::cbor).toList());
        cbor.put("informational", remarks.stream().map(Finding::cbor).toList());
        cbor.put("failure", failures.stream().map(Finding::cbor).toList());
        return cbor;
    }
}
