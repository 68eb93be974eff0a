package org.tunic.directory.authority.descriptors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;

class MicrodescriptorMakerVectorTest {
  @Test
  void forAllMethods_descriptorsOfCTorRelays_giveTheLinesOfItsVote() throws Exception {
    Vote vote = Vote.parse(CtorDocs.text("vote.0"), true);
    int compared = 0;
    for (RouterDescriptor descriptor :
        RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"))) {
      for (VoteEntry entry : vote.entries()) {
        if (entry.descriptorDigest().equals(descriptor.digest())) {
          assertEquals(
              entry.microdescriptors(), MicrodescriptorMaker.forAllMethods(descriptor).lines());
          compared++;
        }
      }
    }
    assertEquals(7, compared);
  }

  @Test
  void make_textIsWhatCTorServes() throws Exception {
    String served = CtorDocs.text("microdescriptors").text();
    for (RouterDescriptor descriptor :
        RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"))) {
      assertTrue(
          served.contains(MicrodescriptorMaker.make(descriptor, 35).orElseThrow().text().text()));
    }
  }
}
