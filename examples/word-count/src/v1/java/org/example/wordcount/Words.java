package org.example.wordcount;

import java.util.Arrays;
import java.util.List;

/** What a word is, first version: whatever stands between blanks. "end." and "end" differ. */
final class Words {

    private Words() {
    }

    static List<String> of(String sentence) {
        return Arrays.asList(sentence.trim().split("\\s+"));
    }
}
