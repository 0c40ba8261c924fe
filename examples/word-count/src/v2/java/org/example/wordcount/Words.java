package org.example.wordcount;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What a word is, second version: punctuation around it does not count. "end." and "end" are the same. */
final class Words {

    private Words() {
    }

    /** As many words as in the first version, some may be empty: a word keeps its position. */
    static List<String> of(String sentence) {
        return Arrays.stream(sentence.trim().split("\\s+"))
                .map(word -> word.replaceAll("^\\p{Punct}+|\\p{Punct}+$", ""))
                .collect(Collectors.toList());
    }
}
